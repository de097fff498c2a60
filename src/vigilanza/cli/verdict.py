"""What a check found, in plain words."""

from collections.abc import Sequence
from pathlib import Path

import typer
from cryptography.x509 import Certificate

from vigilanza.cli.options import chosen_language
from vigilanza.domain.language import Language, pick
from vigilanza.store.evidence.finding import NOTES, Code, Finding
from vigilanza.store.evidence.signature import PublicKey
from vigilanza.store.evidence.stamp import read_authority

_MARKS: dict[Language, tuple[str, str, str]] = {"it": ("OK   ", "NOTA ", "NO   "), "en": ("OK   ", "NOTE ", "NO   ")}
_VERDICTS: dict[Language, tuple[str, str]] = {
    "it": ("ESITO: integro.", "ESITO: NON integro. Difetti: {faults}."),
    "en": ("RESULT: intact.", "RESULT: NOT intact. Faults: {faults}."),
}
_WORDS: dict[Code, tuple[str, str]] = {
    Code.CONTAINER_WHOLE: (
        "Il file è completo e ha esattamente la forma in cui viene scritto: nulla in più, nulla in meno.",
        "The file is complete and has exactly the form in which it is written: nothing more, nothing less.",
    ),
    Code.FILES_INTACT: (
        "Tutti i file contenuti ({about}) hanno l'impronta SHA-256 che il manifesto indica.",
        "All files in it ({about}) have the SHA-256 that the manifest names.",
    ),
    Code.SIGNATURE_HOLDS: (
        "La firma del manifesto è valida.",
        "The signature of the manifest holds.",
    ),
    Code.KEY_AS_GIVEN: (
        "Ha firmato la chiave che è stata data: {about}.",
        "It was signed with the key that was given: {about}.",
    ),
    Code.AUDIT_INTACT: (
        "Righe del registro verificate: {about}; ognuna è come fu scritta.",
        "Audit records checked: {about}; each is as it was written.",
    ),
    Code.STAMP_HOLDS: ("La marca temporale è valida: {about}.", "The time stamp holds: {about}."),
    Code.CHAIN_INTACT: (
        "La catena del registro è intatta: righe {about}.",
        "The audit chain is intact: {about} records.",
    ),
    Code.CHECKPOINTS_HOLD: (
        "I punti di controllo firmati concordano con il registro: {about}.",
        "The signed check points agree with the chain: {about}.",
    ),
    Code.KEY_NOT_GIVEN: (
        "Chi ha firmato non è verificato: senza --key vale la chiave contenuta nel file. La sua impronta è {about}: "
        "confrontarla con quella comunicata dall'ente.",
        "Who signed is not checked: without --key the key inside the file is used. Its fingerprint is {about}: "
        "compare it with the one the office has told.",
    ),
    Code.SEALED: ("Pacchetto n., evento, sigillato il: {about}.", "Package no., incident, sealed at: {about}."),
    Code.GONE: (
        "Immagini non più presenti al momento del sigillo, solo elencate con la loro impronta: {about}.",
        "Pictures that were gone when it was sealed, only listed with their SHA-256: {about}.",
    ),
    Code.NO_STAMP: (
        "Nessuna marca temporale: la data è quella dell'orologio di chi ha sigillato.",
        "No time stamp: the date is that of the sealing machine's own clock.",
    ),
    Code.STAMP_NOT_TRUSTED: (
        "Una marca temporale indica {about}; chi l'ha apposta non è verificato: dare con --tsa i suoi certificati.",
        "A time stamp says {about}; who gave it is not checked: give the authority's certificates with --tsa.",
    ),
    Code.NO_CHECKPOINTS: (
        "Nessun punto di controllo firmato: un registro tagliato alla fine potrebbe non essere notato.",
        "No signed check points: a chain that was cut off at its end might go unnoticed.",
    ),
    Code.AFTER_CHECKPOINT: (
        "Righe scritte dopo l'ultimo punto di controllo: {about}.",
        "Records written after the last check point: {about}.",
    ),
    Code.UNREADABLE: ("Non si può leggere: {about}.", "It cannot be read: {about}."),
    Code.NOT_A_PACKAGE: ("Non è un pacchetto di prove.", "This is no package of evidence."),
    Code.TRUNCATED: ("Il file è tagliato: manca la fine.", "The file is cut off: its end is missing."),
    Code.APPENDED: (
        "Dopo la fine del pacchetto è stato aggiunto altro.",
        "Something was added after the package's end.",
    ),
    Code.DIRECTORY_ALTERED: (
        "L'indice del contenitore è stato modificato.",
        "The container's directory was altered.",
    ),
    Code.HEADER_ALTERED: (
        "L'intestazione di un file contenuto è stata modificata: {about}.",
        "The header of a file in it was altered: {about}.",
    ),
    Code.COMPRESSED: (
        "Un file contenuto è compresso o cifrato, cosa che un pacchetto non fa mai: {about}.",
        "A file in it is compressed or encrypted, which a package never does: {about}.",
    ),
    Code.DUPLICATE: ("Lo stesso nome compare due volte: {about}.", "The same name is there twice: {about}."),
    Code.UNSAFE_PATH: (
        "Un nome di file che un pacchetto non usa mai, forse per uscire dalla cartella: {about}.",
        "A file's name that a package never uses, perhaps to get out of the folder: {about}.",
    ),
    Code.TOO_MANY: ("Ci sono più di {about} file.", "There are more than {about} files."),
    Code.MANIFEST_ALTERED: (
        "manifest.json è stato modificato: non ha la forma in cui viene scritto.",
        "manifest.json was altered: it has not the form in which it is written.",
    ),
    Code.FILE_MISSING: ("Manca un file: {about}.", "A file is missing: {about}."),
    Code.FILE_UNKNOWN: (
        "C'è un file che il manifesto non elenca: {about}.",
        "There is a file that the manifest does not list: {about}.",
    ),
    Code.FILE_ALTERED: ("Un file è stato modificato: {about}.", "A file was altered: {about}."),
    Code.SIGNATURE_WRONG: (
        "La firma non è di questo manifesto e di questa marca temporale con questa chiave.",
        "The signature is not one of this manifest and this time stamp with this key.",
    ),
    Code.WRONG_KEY: (
        "Ha firmato un'altra chiave, non quella data. Impronta della chiave contenuta: {about}.",
        "It was signed with another key, not the one given. Fingerprint of the key inside: {about}.",
    ),
    Code.STAMP_WRONG: ("La marca temporale non è valida: {about}.", "The time stamp does not hold: {about}."),
    Code.AUDIT_ALTERED: (
        "Una riga del registro non è come fu scritta: n. {about}.",
        "An audit record is not as it was written: no. {about}.",
    ),
    Code.AUDIT_GAP: (
        "Prima della riga n. {about} del registro ne manca, o ne è stata aggiunta o spostata, almeno una.",
        "Before audit record no. {about} at least one is missing, was inserted or was moved.",
    ),
    Code.END_SIGNED: (
        "Inizio e fine sono firmati con la chiave data: {about}.",
        "Beginning and end are signed with the key given: {about}.",
    ),
    Code.END_UNSIGNED: (
        "Chi ha firmato inizio e fine non è verificato: dare la chiave dell'ente con --key.",
        "Who signed beginning and end is not checked: give the office's key with --key.",
    ),
    Code.CHECKPOINTS_UNSIGNED: (
        "Chi ha firmato i punti di controllo non è verificato: dare la chiave dell'ente con --key.",
        "Who signed the check points is not checked: give the office's key with --key.",
    ),
    Code.LINE_ALTERED: (
        "Una riga del file non è una riga del registro: riga {about} del file.",
        "A line of the file is no audit record: line {about} of the file.",
    ),
    Code.END_ALTERED: (
        "L'ultima riga del file, che attesta inizio e fine, è stata modificata o è firmata da un'altra chiave.",
        "The file's last line, which attests beginning and end, was altered or signed with another key.",
    ),
    Code.AUDIT_CUT: (
        "Il registro è tagliato alla fine: righe presenti e scritte: {about}.",
        "The audit chain is cut off at its end: records there and records written: {about}.",
    ),
    Code.CHECKPOINT_ALTERED: (
        "Un punto di controllo è stato modificato o è firmato da un'altra chiave: n. {about}.",
        "A check point was altered, or signed with another key: no. {about}.",
    ),
    Code.CHECKPOINT_GAP: (
        "Prima del punto di controllo n. {about} ne manca, o ne è stato aggiunto, almeno uno.",
        "Before check point no. {about} at least one is missing or was inserted.",
    ),
    Code.CHECKPOINT_DISAGREES: (
        "Il registro non è quello che un punto di controllo firmato attesta: riga n. {about}.",
        "The audit chain is not the one that a signed check point attests: record no. {about}.",
    ),
}


def words(code: Code) -> tuple[str, str]:
    """Italian and English; {about} stands for what it is about."""
    return _WORDS[code]


def tell(findings: Sequence[Finding], language: Language | None) -> int:
    """Print them and the verdict; the exit code."""
    chosen = chosen_language(language)
    fine, note, fault = _MARKS[chosen]
    for one in findings:
        said = pick(chosen, *words(one.code)).format(about=one.about)
        typer.echo(f"{fault if one.is_fault else note if one.code in NOTES else fine} {said}")
    faults = sum(one.is_fault for one in findings)
    good, bad = _VERDICTS[chosen]
    typer.echo(bad.format(faults=faults) if faults else good)
    return 1 if faults else 0


def read_key_option(path: Path | None) -> PublicKey | None:
    """The key that an option names; what is wrong with it is said in one line."""
    if path is None:
        return None
    try:
        return PublicKey.read(path.read_bytes())
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error), param_hint="--key") from error


def read_authority_option(path: Path | None) -> list[Certificate] | None:
    """The certificates that an option names."""
    if path is None:
        return None
    try:
        return read_authority(path.read_bytes())
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error), param_hint="--tsa") from error
