package dev.mgit.bench;

import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The programs mgit is measured beside. */
final class Peers {
    private static final long SLOW = 64_000_000;

    /** These two need torch, so they share an environment. */
    private static final List<String> WITH_TORCH =
            List.of("zipnn==0.5.4", "deltatensors[torch]==0.2.0", "safetensors==0.6.2", "packaging==24.2");

    private Peers() {}

    /** What a plain system has. */
    static List<Tool> plain() {
        String copy = "cp \"$new\" store/copy";
        String back = "cp store/copy \"$out\"";
        return List.of(
                ShellTool.of("cp", copy, back),
                ShellTool.of("sha256sum", "sha256sum \"$new\"", ""),
                ShellTool.of("cp + sha256sum", "sha256sum \"$new\"; " + copy, back + "; sha256sum \"$out\""),
                zstd(1, 0),
                zstd(3, 0),
                zstd(19, SLOW));
    }

    private static Tool zstd(int level, long most) {
        return new ShellTool(
                "zstd -" + level + " -T2",
                "zstd",
                "",
                "zstd -q -" + level + " -T2 \"$new\" -o store/frame",
                "zstd -q -d store/frame -o \"$out\"",
                most);
    }

    /** zstd with the parent as what the child is a patch of. */
    static Tool patchFrom() {
        String zstd = "zstd -q -19 --long=27 --patch-from=\"$old\"";
        return new ShellTool(
                "zstd -19 --patch-from",
                "zstd",
                "",
                zstd + " \"$new\" -o store/frame",
                "zstd -q -d --long=27 --patch-from=\"$old\" store/frame -o \"$out\"",
                0);
    }

    /** Programs that are measured if they are on the path. */
    static List<Tool> installed() {
        String git = "git -c user.name=bench -c user.email=bench@localhost";
        String borg = "export BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes; borg";
        return List.of(
                new ShellTool(
                        "git lfs",
                        "git-lfs",
                        "cd store; git init -q; git lfs install --local; git lfs track '*.bin'; cp \"$old\" m.bin; "
                                + git + " add .; " + git + " commit -qm old; cp \"$new\" m.bin",
                        "cd store; " + git + " add .; " + git + " commit -qm new",
                        "cd store; rm m.bin; git checkout -q m.bin; cp m.bin \"$out\"",
                        0),
                new ShellTool(
                        "restic",
                        "restic",
                        "export RESTIC_PASSWORD=x; restic -q init -r store; cp \"$old\" m; restic -q -r store backup m; "
                                + "cp \"$new\" m",
                        "export RESTIC_PASSWORD=x; restic -q -r store backup m",
                        "export RESTIC_PASSWORD=x; restic -q -r store dump latest /m > \"$out\"",
                        0),
                new ShellTool(
                        "borg",
                        "borg",
                        borg + " init -e none store; cp \"$old\" m; " + borg + " create store::old m; cp \"$new\" m",
                        borg + " create store::new m",
                        borg + " extract --stdout store::new m > \"$out\"",
                        0));
    }

    /**
     * Python programs, in environments that are made on first use. Those that are libraries are called as
     * {@code peers.py} says, which is written to the scratch folder.
     */
    static List<Tool> ofPython(Path scratch) throws IOException {
        Path script = scratch.resolve("peers.py");
        try (InputStream in = Objects.requireNonNull(Peers.class.getResourceAsStream("peers.py"))) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        return List.of(
                dvc(),
                gitTheta(script),
                library(script, "zipnn", WITH_TORCH),
                library(script, "deltatensors", WITH_TORCH),
                library(script, "z4ai", List.of("z4ai==0.2.0")),
                library(script, "z4ai_delta", List.of("z4ai==0.2.0")),
                library(script, "bigsmall", List.of("bigsmall==4.0.0")),
                library(script, "bigsmall_delta", List.of("bigsmall==4.0.0")),
                library(script, "lmzip", List.of("lmzip==1.3.0")),
                library(script, "xet", List.of("hf-xet==1.8.0")));
    }

    private static Tool library(Path script, String peer, List<String> packages) {
        return python(peer.replace('_', ' '), packages, bin -> {
            String run = "'" + bin + "/python' -W ignore '" + script + "' " + peer;
            String files = " \"$old\" \"$new\" \"$PWD/store/packed\" \"$out\"";
            String prepare = peer.equals("xet") ? run + " prepare" + files : "";
            return new ShellTool(peer.replace('_', ' '), "", prepare, run + " in" + files, run + " out" + files, 0);
        });
    }

    private static Tool dvc() {
        return python("dvc", List.of("dvc==3.67.1"), bin -> {
            String dvc = "'" + bin + "/python' -m dvc -q";
            return new ShellTool(
                    "dvc add",
                    "",
                    "cd store; git init -q; " + dvc + " init; " + dvc + " config cache.type copy; cp \"$old\" m; " + dvc
                            + " add m; cp \"$new\" m",
                    "cd store; " + dvc + " add m",
                    "cd store; rm m; " + dvc + " checkout m; cp m \"$out\"",
                    0);
        });
    }

    /** Its installer writes to the user's Git settings, so it gets a home of its own. It keeps tensors, not files. */
    private static Tool gitTheta(Path script) {
        return python("git theta", List.of("git-theta==0.2.0", "safetensors==0.6.2"), bin -> {
            String start = "export HOME=\"$PWD\" PATH='" + bin + "':\"$PATH\" GIT_THETA_CHECKPOINT_TYPE=safetensors; ";
            String theta = "python -W ignore '" + script + "' theta";
            String files = " \"$old\" \"$new\" \"$HOME/store/packed\" \"$out\"";
            return new ShellTool(
                    "git theta",
                    "git-lfs",
                    start + theta + " prepare" + files + "; git config --global user.name bench; git config --global "
                            + "user.email bench@localhost; cd store; git init -q; git lfs install --local; git-theta "
                            + "install; git-theta track m.safetensors; cp \"$old\" m.safetensors; git add .; git commit "
                            + "-qm old; cp \"$new\" m.safetensors",
                    start + "cd store; git add .; git commit -qm new; " + theta + " in" + files,
                    start + "cd store; rm m.safetensors; git checkout -q m.safetensors; cp m.safetensors "
                            + "\"$out.tensors\"; " + theta + " out" + files,
                    0);
        });
    }

    @FunctionalInterface
    private interface Made {
        Tool of(String binFolder);
    }

    private static Tool python(String name, List<String> packages, Made made) {
        Optional<PythonEnv> env = PythonEnv.withPackages(packages.toArray(String[]::new));
        return env.map(found -> made.of(String.valueOf(found.python().getParent())))
                .orElseGet(() -> new Missing(name, "Python has no " + packages.get(0) + " here"));
    }

    /** A peer that cannot be had. */
    private record Missing(String name, String why) implements Tool {
        @Override
        public Trial run(ModelPair pair, Path folder) {
            return Trial.none(this, why);
        }
    }
}
