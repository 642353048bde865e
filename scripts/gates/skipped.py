"""Gate: lists the tests that were skipped; one that does not say why fails the gate."""

import glob
import sys
import xml.etree.ElementTree as ElementTree


def main():
    reports = glob.glob("target/surefire-reports/TEST-*.xml") + glob.glob("target/failsafe-reports/TEST-*.xml")
    if not reports:
        sys.exit("skipped tests: FAILED: no test reports")
    tests, skipped, silent = 0, 0, 0
    for report in reports:
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            tests += 1
            mark = case.find("skipped")
            if mark is None:
                continue
            skipped += 1
            reason = (mark.get("message") or mark.text or "").strip()
            silent += not reason
            print(f"skipped: {case.get('classname')}.{case.get('name')}: {reason or 'NO REASON'}")
    print(f"skipped tests: {skipped} of {tests}, {silent} without a reason")
    sys.exit(1 if silent else 0)


if __name__ == "__main__":
    main()
