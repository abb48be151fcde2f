# SPDX-License-Identifier: MIT
"""The certification authority that the test's Internet trusts, with an intermediate as real ones have."""
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def _make(subject, key, issuer, issuer_key, authority, days, names=()):
    now = datetime.datetime.utcnow()
    until = now + days * DAY
    builder = (x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(issuer)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(min(now, until) - 400 * DAY).not_valid_after(until)
               .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False))
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


class Authority:
    """Issues certificates; its own is in the file `trusted`."""

    def __init__(self, folder):
        self.trusted = folder / "ca.pem"
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self._key = ec.generate_private_key(ec.SECP256R1())
        root = _make("Test Root", self._root_key, _name("Test Root"), self._root_key, True, 3650)
        self._intermediate = _make("Test Intermediate", self._key, root.subject, self._root_key, True, 3650)
        self.trusted.write_bytes(_pem(root))

    def issue(self, path, names, days=3650, self_signed=False):
        """Writes key and chain for `names` into one file, and returns its path. Negative days: expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        if self_signed:
            chain = _pem(_make(names[0], key, _name(names[0]), key, False, days, names))
        else:
            leaf = _make(names[0], key, self._intermediate.subject, self._key, False, days, names)
            chain = _pem(leaf) + _pem(self._intermediate)
        path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()) + chain)
        return path
