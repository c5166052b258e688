#!/usr/bin/env python3
"""Builds what users install: a wheel, a plain archive and a Debian package, each with a Java runtime inside.

    python3 python/build_wheel.py

builds for this machine into python/target. Another platform needs a JDK of that platform, unpacked, of the same version
as the JDK that links:

    python3 python/build_wheel.py --platform linux-arm64 --target-jdk ~/jdk-25-aarch64

Only linux-x64 is built and tested by the project. See CONTRIBUTING.md.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from builder import archives, glibc, tree, wheel
from builder.platforms import PLATFORMS, this_platform

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "python" / "target"
LARGEST_WHEEL = 90_000_000


def main() -> None:
    options = arguments()
    platform = PLATFORMS[options.platform]
    version = project_version()
    jar = options.jar or build_jar()
    TARGET.mkdir(parents=True, exist_ok=True)
    packed = tree.assemble(
        TARGET / f"tree-{platform.name}", ROOT, jar, platform, options.jdk, options.target_jdk, version
    )
    tag = f"manylinux_{glibc.needed(packed)}_{platform.machine}" if platform.is_linux else platform.tag
    made = [wheel.write(TARGET, ROOT, packed, platform, version, tag), archives.tar(TARGET, packed, platform, version)]
    if platform.debian and archives.can_make_deb():
        made.append(archives.deb(TARGET, packed, platform, version))
    for path in made:
        print(f"{path.stat().st_size / 1e6:6.1f} MB  {path}")
    if made[0].stat().st_size > LARGEST_WHEEL:
        sys.exit(f"error: the wheel is larger than {LARGEST_WHEEL // 1_000_000} MB")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", choices=sorted(PLATFORMS), default=this_platform())
    parser.add_argument("--jdk", type=Path, default=newest_jdk(), help="the JDK whose jlink is used (default: the newest)")
    parser.add_argument("--target-jdk", type=Path, help="a JDK of the other platform, with its jmods")
    parser.add_argument("--jar", type=Path, help="an mgit.jar already built (default: build it with Maven)")
    options = parser.parse_args()
    if options.platform is None:
        parser.error(f"name a --platform: {', '.join(sorted(PLATFORMS))}")
    if options.jdk is None:
        parser.error("there is no JDK 17 or newer: set JAVA_HOME, or name one with --jdk")
    if options.platform != this_platform() and options.target_jdk is None:
        parser.error(f"--platform {options.platform} needs --target-jdk: a JDK of that platform, with its jmods")
    return options


def newest_jdk() -> "Path | None":
    """JAVA_HOME if set, else the newest JDK where Linux distributions and macOS put them."""
    if os.environ.get("JAVA_HOME"):
        return Path(os.environ["JAVA_HOME"])
    places = [*Path("/usr/lib/jvm").glob("*"), *Path("/Library/Java/JavaVirtualMachines").glob("*/Contents/Home")]
    found = {jdk: tree.java_version(jdk) for jdk in places if tree.jlink(jdk).exists()}
    return max((jdk for jdk in found if found[jdk] >= 17), key=lambda jdk: (found[jdk], str(jdk)), default=None)


def build_jar() -> Path:
    subprocess.run(["mvn", "-B", "-q", "-DskipTests", "package"], cwd=ROOT, check=True, stdout=sys.stderr)
    return ROOT / "mgit-cli" / "target" / "mgit.jar"


def project_version() -> str:
    found = re.search(r"<version>([^<]+)</version>", (ROOT / "pom.xml").read_text())
    assert found, "pom.xml names no version"
    return found.group(1)


if __name__ == "__main__":
    main()
