"""What stands in a package for whoever opens it without us."""

GUIDE = "LEGGIMI-README.txt"


def guide() -> str:
    """Italian first, then English."""
    return _ITALIAN + "\n" + "-" * 100 + "\n\n" + _ENGLISH


_ITALIAN = """PACCHETTO DI PROVE DI VIGILANZA

incident.json      l'evento e ciò che il sistema ha visto, fatto per fatto
decisions.json     chi ha confermato o respinto, quando
aftermath.json     che cosa è stato fatto dopo la conferma, telefonate, consegne fra i turni che lo riguardano
deliveries.json    chi è stato avvisato, ogni tentativo, ogni ricevuta
work-orders.json   le visite autorizzate che l'evento nomina
custody.json       ordini di conservazione, consegne, immagini presenti e cancellate, originali persi
audit.ndjson       le righe del registro che riguardano l'evento; ognuna porta la propria impronta
media/             filmati e fermi immagine, con le maschere come sono conservati; original-….cms: ciò che la telecamera
                   ha inviato, cifrato per due persone insieme
manifest.json      l'elenco di tutto con le impronte SHA-256, il pacchetto precedente, il sistema, la chiave
manifest.tsr       marca temporale RFC 3161 su manifest.json, se il sito ne usa una
manifest.sig       firma su manifest.json, seguito da manifest.tsr se c'è

I tempi che sono numeri sono secondi dal 1970-01-01 00:00 UTC. Le immagini cancellate prima del sigillo sono in
manifest.json, media_gone, con la loro impronta.

Verifica con il programma:  vigilanza evidence verify FILE --key CHIAVE.pem
Verifica senza il programma, nella cartella in cui il pacchetto è stato estratto:
  sha256sum -c SHA256SUMS                    impronte di tutti i file
  sha256sum SHA256SUMS                       dev'essere quella che manifest.json dà a SHA256SUMS
  cat manifest.json manifest.tsr > firmato   (senza marca temporale: cp manifest.json firmato)
  openssl dgst -sha256 -verify CHIAVE.pem -signature manifest.sig firmato                     chiave P-256
  openssl pkeyutl -verify -pubin -inkey CHIAVE.pem -rawin -in firmato -sigfile manifest.sig   chiave Ed25519
  openssl ts -verify -data manifest.json -in manifest.tsr -CAfile AUTORITÀ.pem                marca temporale
Aprire un originale (ciascuno con la propria chiave, l'uno dopo l'altro nell'ordine della configurazione):
  openssl cms -decrypt -inform DER -in original-….cms -inkey PRIMA.key -out a-metà.cms
  openssl cms -decrypt -inform DER -in a-metà.cms -inkey SECONDA.key -out originale.mp4
CHIAVE.pem è la chiave pubblica che l'ente ha comunicato per altra via; public-key.pem dev'esserle uguale.
"""
_ENGLISH = """PACKAGE OF EVIDENCE OF VIGILANZA

incident.json      the incident and what the system saw, fact by fact
decisions.json     who confirmed or rejected it, when
aftermath.json     what was done after the confirmation, telephone calls, hand-over notes about it
deliveries.json    who was told, every attempt, every receipt
work-orders.json   authorised visits that the incident names
custody.json       orders to keep pictures, exports, pictures there and deleted, originals that were lost
audit.ndjson       the records of the audit chain about the incident; each bears its own hash
media/             clips and stills, masked as they are stored; original-….cms: what the camera sent, encrypted for two
                   persons together
manifest.json      the list of all this with its SHA-256, the package before, the system, the key
manifest.tsr       RFC 3161 time stamp over manifest.json, where the site uses one
manifest.sig       signature over manifest.json, followed by manifest.tsr if there is one

Times that are numbers are seconds since 1970-01-01 00:00 UTC. Pictures deleted before the sealing are in
manifest.json, media_gone, with their SHA-256.

To check with the program:  vigilanza evidence verify FILE --key KEY.pem
To check without it, in the folder where the package was unpacked:
  sha256sum -c SHA256SUMS                  the hashes of all files
  sha256sum SHA256SUMS                     must be the one that manifest.json gives for SHA256SUMS
  cat manifest.json manifest.tsr > signed  (without a time stamp: cp manifest.json signed)
  openssl dgst -sha256 -verify KEY.pem -signature manifest.sig signed                     P-256 key
  openssl pkeyutl -verify -pubin -inkey KEY.pem -rawin -in signed -sigfile manifest.sig   Ed25519 key
  openssl ts -verify -data manifest.json -in manifest.tsr -CAfile AUTHORITY.pem           time stamp
To open an original (each with their own key, one after the other, in the order of the configuration):
  openssl cms -decrypt -inform DER -in original-….cms -inkey FIRST.key -out half.cms
  openssl cms -decrypt -inform DER -in half.cms -inkey SECOND.key -out original.mp4
KEY.pem is the public key that the office has told by another way; public-key.pem must be the same.
"""
