package dev.mgit.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Made folders of code in several languages; nothing is run. */
class CodeFilesTest {
    @TempDir
    Path temp;

    private Path root;

    @BeforeEach
    void folder() {
        root = temp.resolve("work");
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private List<String> of(boolean shell, String... command) {
        return CodeFiles.of(root, List.of(command), shell).stream()
                .map(file -> root.relativize(file).toString())
                .toList();
    }

    @Test
    void pythonsImportsAreFollowedWithinTheirOwnFolders() throws IOException {
        file(
                "src/train.py",
                "import os, util as u\nfrom pkg import (model,  # the net\n  loss)\nfrom pkg.data import \\\n load\n");
        file("src/util.py", "import numpy\nif True:\n    from deep import deeper\n");
        file("src/deep.py", "import importlib; importlib.import_module('plugin')\nimport util\n");
        file("src/plugin.py", "x = 'conf/net.yaml'\n");
        file("conf/net.yaml", "layers: 3\n");
        file("src/pkg/__init__.py", "");
        file("src/pkg/model.py", "from .layers import Dense\nfrom . import init\n");
        file("src/pkg/layers.py", "from ..util import x\n");
        file("src/pkg/init.py", "");
        file("src/pkg/loss.py", "");
        file("src/pkg/data/__init__.py", "");
        file("src/pkg/data/load.py", "");
        file("src/unused.py", "");
        file("data.csv", "1\n");

        assertThat(of(false, "python3", "src/train.py", "{input:data}", "--lr=0.1"))
                .containsExactly(
                        "conf/net.yaml",
                        "src/deep.py",
                        "src/pkg/__init__.py",
                        "src/pkg/data/__init__.py",
                        "src/pkg/data/load.py",
                        "src/pkg/init.py",
                        "src/pkg/layers.py",
                        "src/pkg/loss.py",
                        "src/pkg/model.py",
                        "src/plugin.py",
                        "src/train.py",
                        "src/util.py");
        file("whole/__init__.py", "");
        file("whole/__main__.py", "import whole.part");
        file("whole/part.py", "");
        assertThat(of(false, "python3", "-m", "whole"))
                .containsExactly("whole/__init__.py", "whole/__main__.py", "whole/part.py");
        assertThat(of(false, "python3", "-c", "import whole.part"))
                .containsExactly("whole/__init__.py", "whole/part.py");
    }

    @Test
    void shellLinesScriptsSettingsAndOtherLanguagesCount() throws IOException {
        file("train.sh", "#!/bin/sh\n. ./lib.sh\npython3 \"inner.py\" data.csv\n");
        file("lib.sh", "echo\n");
        file("inner.py", "");
        file("data.csv", "1\n");
        file("Train.java", "class Train { Model m; String s; }");
        file("Model.java", "class Model {}");
        file("fit.R", "source('more.R')");
        file("more.R", "");
        file("settings.json", "{}");

        assertThat(of(true, "A=1 sh train.sh {parent1} > log && echo 'done'"))
                .containsExactly("inner.py", "lib.sh", "train.sh");
        file("train.log", "so far\n");
        file("out.py", "written\n");
        assertThat(of(true, "python3 inner.py --log train.log 2>>train.log >out.py"))
                .as("what it writes is not what it reads")
                .containsExactly("inner.py");
        assertThat(of(false, "sh", "-c", "echo x >> out.py; . ./lib.sh")).containsExactly("lib.sh");
        assertThat(of(false, "java", "Train.java")).containsExactly("Model.java", "Train.java");
        assertThat(of(false, "Rscript", "fit.R", "--config=settings.json"))
                .containsExactly("fit.R", "more.R", "settings.json");
        assertThat(of(false, "mgit", "merge", "{parent1}", "{output}")).isEmpty();
    }

    @Test
    void programsOfTheSystemAreNoCodeButScriptsAndProgramsOfOnesOwnAre() throws IOException {
        file("tool", "\u007fELF");
        assertThat(root.resolve("tool").toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(root.resolve("python"), Path.of("/bin/sh"));
        assertThat(of(false, "/bin/sh", "./tool", "python")).containsExactly("tool");
    }

    /** Names that are no paths, files that import each other, and code that is no text. */
    @Test
    void whatMakesNoSenseIsPassedOver() throws IOException {
        file("a.py", "import b\nfrom .... import x\nfrom a..b import c\nimport \u00e9\nimport ,\n");
        file("b.py", "import a\n");
        Files.write(root.resolve("c.py"), new byte[] {(byte) 0xff, 0, 'i', 'm', 'p', 'o', 'r', 't', ' ', 'a'});
        assertThat(of(false, "x", "a.py", "c.py", "a\0b", "w".repeat(5000), "", "-", "-m", "-c"))
                .containsExactly("a.py", "b.py", "c.py");
    }
}
