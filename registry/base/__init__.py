"""What both apps stand on: no models here."""
