#!/usr/bin/env python3
"""Judges what sslscan and testssl.sh found.

usage: tls_findings.py sslscan FILE.xml | testssl FILE.json
Prints every finding of MEDIUM or worse and exits 1 when there is one that is not excluded below.
"""
import json
import sys
import xml.etree.ElementTree as ElementTree

BAD = {"MEDIUM", "HIGH", "CRITICAL", "FATAL"}

# By the tool's exact id; each is about the test's certificate or its endpoint, not about the gateway.
EXCLUDED = {}


def testssl(path):
    with open(path, encoding="utf-8") as file:
        findings = json.load(file)
    if len(findings) < 40:
        print(f"tls: testssl has only {len(findings)} findings: it did not run to its end")
        return 1
    bad = 0
    for finding in findings:
        if finding["severity"] in BAD:
            reason = EXCLUDED.get(finding["id"])
            line = f"{finding['id']} {finding['severity']}: {finding['finding']}"
            print(f"tls: {'excluded' if reason else 'FINDING'}: {line}" + (f" ({reason})" if reason else ""))
            bad += not reason
    scanned = [finding for finding in findings if finding["id"] in ("TLS1_2", "TLS1_3")]
    print(f"tls: testssl: {len(findings)} results, {bad} findings of MEDIUM or worse")
    return 1 if bad or len(scanned) != 2 else 0


def sslscan(path):
    test = ElementTree.parse(path).getroot().find("ssltest")
    bad = []
    enabled = sorted(p.get("type") + p.get("version") for p in test.findall("protocol") if p.get("enabled") == "1")
    if enabled != ["tls1.2", "tls1.3"]:
        bad.append(f"protocols {enabled}")
    ciphers = test.findall("cipher")
    bad += [f"cipher {c.get('cipher')} is {c.get('strength')}" for c in ciphers if c.get("strength") not in ("strong", "acceptable")]
    bad += [f"cipher {c.get('cipher')} has no forward secrecy" for c in ciphers if c.get("sslversion") == "TLSv1.2" and "DHE" not in c.get("cipher")]
    bad += ["vulnerable to Heartbleed" for h in test.findall("heartbleed") if h.get("vulnerable") == "1"]
    bad += ["TLS compression" for c in test.findall("compression") if c.get("supported") == "1"]
    bad += ["insecure renegotiation" for r in test.findall("renegotiation") if r.get("supported") == "1" and r.get("secure") == "0"]
    bad += ["no TLS_FALLBACK_SCSV" for f in test.findall("fallback") if f.get("supported") == "0"]
    if not ciphers:
        bad.append("no cipher at all: it did not run to its end")
    for finding in bad:
        print(f"tls: FINDING: {finding}")
    print(f"tls: sslscan: {len(ciphers)} ciphers, {len(bad)} findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit({"sslscan": sslscan, "testssl": testssl}[sys.argv[1]](sys.argv[2]))
