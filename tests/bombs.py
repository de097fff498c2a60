"""XML that is small and becomes huge, or reaches for what is not its own, where it is read by somebody careless."""

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def bombs(frame: str) -> dict[str, bytes]:
    """`frame` is a document that would be read, with %s where its contents are."""
    made = {
        "laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>' + frame % "&l9;",
        "laughs in an attribute": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>' + frame % '<a b="&l9;"/>',
        "file": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + frame % "&f;",
        "network": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + frame % "",
        "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>' + frame % "",
        "quadratic": f'<!DOCTYPE x [<!ENTITY q "{"a" * 50_000}">]>' + frame % ("&q;" * 15_000),
        "defaults": '<!DOCTYPE x [<!ATTLIST a b CDATA "' + "b" * 30_000 + '">]>' + frame % ("<a/>" * 10_000),
        "deep": frame % ("<a>" * 5000 + "</a>" * 5000),
        "attributes": frame % ("<a " + " ".join(f'a{n}="x"' for n in range(20_000)) + "/>"),
        "namespaces": frame % ("".join(f'<a xmlns:p{n}="urn:{n}">' for n in range(200)) + "</a>" * 200),
    }
    return {name: document.encode() for name, document in made.items()}
