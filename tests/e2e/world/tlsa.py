# SPDX-License-Identifier: MIT
"""TLSA records, as text of a zone file."""
import hashlib
import re

from cryptography import x509
from cryptography.hazmat.primitives import serialization

#: No key has it.
MISMATCH = "3 1 1 " + 64 * "0"
#: For the web's certification authorities; SMTP knows no such usage.
UNUSABLE = "1 1 1 " + 64 * "0"


def record(path, usage=3, selector=1, matching=1):
    """For the first certificate in a PEM file, or with usage 2 for the second, its issuer's."""
    found = re.findall(b"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", path.read_bytes(), re.DOTALL)
    certificate = x509.load_pem_x509_certificate(found[1 if usage == 2 else 0])
    if selector == 0:
        data = certificate.public_bytes(serialization.Encoding.DER)
    else:
        data = certificate.public_key().public_bytes(serialization.Encoding.DER,
                                                     serialization.PublicFormat.SubjectPublicKeyInfo)
    if matching:
        data = hashlib.new({1: "sha256", 2: "sha512"}[matching], data).digest()
    return f"{usage} {selector} {matching} {data.hex()}"
