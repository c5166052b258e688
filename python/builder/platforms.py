"""The platforms that can be built for: how wheels and Debian name them, and which native libraries are theirs."""

import platform
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    name: str
    machine: str
    tag: str  # of the wheel; empty for Linux, whose tag says which glibc the libraries need
    natives: str  # pattern of the jar's native libraries that stay
    debian: str = ""
    tested: bool = False

    @property
    def is_linux(self) -> bool:
        return self.name.startswith("linux-")

    @property
    def is_windows(self) -> bool:
        return self.name.startswith("windows-")


PLATFORMS = {
    made.name: made
    for made in (
        Platform("linux-x64", "x86_64", "", r"librocksdbjni-linux64\.so|linux/amd64/.*", "amd64", tested=True),
        Platform("linux-arm64", "aarch64", "", r"librocksdbjni-linux-aarch64\.so|linux/aarch64/.*", "arm64"),
        Platform("macos-arm64", "arm64", "macosx_11_0_arm64", r"librocksdbjni-osx-arm64\.jnilib|darwin/aarch64/.*"),
        Platform("macos-x64", "x86_64", "macosx_11_0_x86_64", r"librocksdbjni-osx-x86_64\.jnilib|darwin/x86_64/.*"),
        Platform("windows-x64", "AMD64", "win_amd64", r"librocksdbjni-win64\.dll|win/amd64/.*"),
    )
}

IS_NATIVE = re.compile(r".*\.(so|dll|dylib|jnilib|a)")


def this_platform() -> "str | None":
    systems = {"Linux": "linux", "Darwin": "macos", "Windows": "windows"}
    machines = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
    name = f"{systems.get(platform.system())}-{machines.get(platform.machine().lower())}"
    return name if name in PLATFORMS else None
