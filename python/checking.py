"""What the checks of packages share: a folder with models in it, and a PATH on which there is no Java, Maven or checkout."""

import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

# What the launcher starts while it makes its archive, and what hooks are.
TOOLS = ("bash", "sh", "env", "mktemp", "rm", "mv", "mkdir", "touch")
HEADER = b'{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'


class Check:
    """Runs commands and stops at the first that does not do what it should."""

    def __init__(self, folder: Path, command: Path) -> None:
        self.folder = folder
        self.command = command
        tools = folder / "tools"
        tools.mkdir()
        for tool in TOOLS:
            (tools / tool).symlink_to(shutil.which(tool) or sys.exit(f"error: there is no {tool}"))
        (folder / "home").mkdir()
        self.environment = {
            "PATH": f"{command.parent}:{tools}",
            "HOME": str(folder / "home"),
            "LANG": "C.UTF-8",
            "USER": "somebody",
        }
        assert not any(shutil.which(tool, path=self.environment["PATH"]) for tool in ("java", "mvn"))

    def model(self, name: str, byte: bytes) -> Path:
        file = self.folder / name / "w.safetensors"
        file.parent.mkdir(parents=True)
        file.write_bytes(len(HEADER).to_bytes(8, "little") + HEADER + byte)
        return file

    def run(self, *command: str, expect: int = 0) -> str:
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        print("$", " ".join(command[:8]).split("\n")[0], "\n" + (done.stdout + done.stderr).strip())
        if done.returncode != expect:
            sys.exit(f"error: exit code {done.returncode}, not {expect}")
        return done.stdout

    def mgit(self, *arguments: str, expect: int = 0) -> str:
        return self.run(str(self.command), "-C", "repository", *arguments, expect=expect)

    def everyday(self) -> None:
        """From an empty folder to a model that another program reads."""
        (self.folder / "repository").mkdir()
        first, second = self.model("a", b"a"), self.model("b", b"b")
        assert "natives: RocksDB" in self.run(str(self.command), "--version", "--verbose")
        assert list((self.folder / "home/.cache/mgit").glob("*/*/classes-*")), "no class archive was made"
        self.mgit("init")
        self.mgit("commit", "../a", "--model", "a")
        self.mgit("hooks", "add", "mark", "--event=post-commit", "--", "touch", str(self.folder / "hooked"))
        self.mgit("commit", "../b", "--model", "b", "--from", "a")
        assert (self.folder / "hooked").exists(), "the hook did not run"
        assert "b" in self.mgit("log", "--all", "--oneline")
        self.mgit("checkout", "b", str(self.folder / "out"))
        assert (self.folder / "out/w.safetensors").read_bytes() == second.read_bytes(), "the checkout has other bytes"
        checkpoint = self.model("run/checkpoint-5", b"c")
        self.mgit("watch", "../run", "--model", "run", "--once")
        self.serve("run", checkpoint.read_bytes())
        self.mgit("fsck")
        self.mgit("checkout", "nope", expect=2)
        assert first.exists()

    def serve(self, model: str, expected: bytes) -> None:
        command = [str(self.command), "-C", "repository", "serve", "--port", "0", "--json"]
        with subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout
            said = ""
            for line in server.stdout:
                said += line
                if line == "}\n":
                    break
            url = json.loads(said)["url"]
            with urllib.request.urlopen(f"{url}/{model}/resolve/main/w.safetensors") as answer:
                assert answer.read() == expected, "serve has other bytes"
            server.terminate()
        print(f"$ serve answered at {url}")
