"""The installed form, the same in every package: bin/mgit, lib/mgit with the jar, its build and a Java runtime, and share."""

import gzip
import hashlib
import re
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

from .platforms import IS_NATIVE, Platform

# What jdeps finds in the jar, and below the line what is only found by name at run time.
MODULES = [
    "java.base",
    "java.logging",
    "java.management",
    "java.naming",
    "java.net.http",
    "java.security.jgss",
    "java.sql",
    "jdk.security.auth",
    # ---
    "jdk.crypto.ec",
    "jdk.httpserver",
    "jdk.unsupported",
    "jdk.zipfs",
]

# Where shells look for the completions of installed programs.
COMPLETIONS = {
    "bash": "bash-completion/completions/mgit",
    "zsh": "zsh/site-functions/_mgit",
    "fish": "fish/vendor_completions.d/mgit.fish",
}

WINDOWS_LAUNCHER = """@echo off
setlocal
set LIB=%~dp0..\\lib\\mgit
if "%MGIT_HEAP%"=="" set MGIT_HEAP=320m
"%LIB%\\runtime\\bin\\java" -XX:-UsePerfData -Xlog:disable --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC ^
  "-Xmx%MGIT_HEAP%" "-Dmgit.native.dir=%LOCALAPPDATA%\\mgit\\native" -cp "%LIB%\\mgit.jar" dev.mgit.cli.Main %*
"""


def assemble(
    target: Path, root: Path, jar: Path, platform: Platform, jdk: Path, target_jdk: "Path | None", version: str
) -> Path:
    """Fills the folder anew and returns it."""
    shutil.rmtree(target, ignore_errors=True)
    library = target / "lib" / "mgit"
    library.mkdir(parents=True)
    strip_natives(jar, library / "mgit.jar", platform)
    link_runtime(library / "runtime", jdk, target_jdk)
    shutil.copy(root / "LICENSE", library / "LICENSE")
    # Names the folder of what is made at first use, so that an upgrade never meets what an older one made.
    digest = hashlib.sha256((library / "mgit.jar").read_bytes() + (library / "runtime/release").read_bytes())
    (library / "build").write_text(f"{version}-{digest.hexdigest()[:12]}\n")
    write_manual(library / "mgit.jar", jdk, target / "share" / "man" / "man1")
    copy_completions(root, target / "share")
    (target / "bin").mkdir()
    if platform.is_windows:
        (target / "bin" / "mgit.cmd").write_text(WINDOWS_LAUNCHER, newline="\r\n")
    else:
        launcher = Path(shutil.copy(root / "mgit", target / "bin" / "mgit"))
        launcher.chmod(0o755)
    return target


def write_manual(jar: Path, jdk: Path, folder: Path) -> None:
    """A page for each command, from what its help is made of; by the JDK that links, since the runtime may be another's."""
    subprocess.run([java(jdk), "-cp", jar, "dev.mgit.cli.ManPages", folder], check=True)
    for page in folder.iterdir():
        with open(page, "rb") as source, gzip.GzipFile(f"{page}.gz", "wb", mtime=0) as packed:
            packed.write(source.read())
        page.unlink()


def copy_completions(root: Path, share: Path) -> None:
    scripts = root / "mgit-cli/src/main/resources/dev/mgit/cli/command/help"
    for shell, place in COMPLETIONS.items():
        (share / place).parent.mkdir(parents=True)
        shutil.copy(scripts / f"completion.{shell}", share / place)


def strip_natives(jar: Path, target: Path, platform: Platform) -> None:
    """Copies the jar without the native libraries of other platforms."""
    kept = re.compile(platform.natives)
    natives = []
    with zipfile.ZipFile(jar) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as stripped:
        for entry in source.infolist():
            if not IS_NATIVE.fullmatch(entry.filename):
                stripped.writestr(entry, source.read(entry))
            elif kept.fullmatch(entry.filename):
                natives.append(entry.filename)
                stripped.writestr(entry, source.read(entry))
    if len(natives) != 2:
        raise SystemExit(f"error: {jar} should have RocksDB's and zstd's library for {platform.name}, has {natives}")


def link_runtime(target: Path, jdk: Path, target_jdk: "Path | None") -> None:
    command = [jlink(jdk), "--output", target, "--add-modules", ",".join(MODULES), "--no-header-files"]
    command += ["--no-man-pages", "--strip-java-debug-attributes", "--vm=server"]
    if target_jdk:
        command += ["--module-path", target_jdk / "jmods"]
    subprocess.run(command, check=True)
    for path in list(target.rglob("*")):
        if path.is_symlink():  # of licenses; no wheel can hold a link
            content = path.read_bytes()
            path.unlink()
            path.write_bytes(content)
        elif path.is_file():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


def jlink(jdk: Path) -> Path:
    found = jdk / "bin" / "jlink.exe"
    return found if found.exists() else jdk / "bin" / "jlink"


def java(jdk: Path) -> Path:
    found = jdk / "bin" / "java.exe"
    return found if found.exists() else jdk / "bin" / "java"


def java_version(jdk: Path) -> int:
    """17 of "17.0.15", from the file a JDK says it in; 0 without."""
    release = jdk / "release"
    found = re.search(r'JAVA_VERSION="(\d+)', release.read_text()) if release.exists() else None
    return int(found.group(1)) if found else 0
