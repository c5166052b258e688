package dev.mgit.cli.bench;

import dev.mgit.fixtures.PythonEnv;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The programs mgit is measured beside. */
final class Peers {
    private static final long SLOW = 64_000_000;

    private static final String ZIPNN = """
            import sys
            from zipnn import ZipNN
            def codec(): return ZipNN(input_format='byte', bytearray_dtype=sys.argv[1])
            data = open(sys.argv[3], 'rb').read()
            out = codec().compress(data) if sys.argv[2] == 'in' else codec().decompress(data)
            open(sys.argv[4], 'wb').write(out)
            """;

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

    /** Programs that are measured if they are on the path. */
    static List<Tool> installed() {
        String git = "git -c user.name=bench -c user.email=bench@localhost";
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
                        "export RESTIC_PASSWORD=x; restic -q -r store dump latest \"$PWD/m\" > \"$out\"",
                        0));
    }

    /** Python programs, each in an environment of its own that is made on first use. */
    static List<Tool> ofPython() {
        List<Tool> tools = new ArrayList<>();
        tools.add(dvc());
        tools.add(borg());
        tools.add(zipnn("zipnn (bf16)", "bfloat16"));
        tools.add(zipnn("zipnn (fp32)", "float32"));
        return tools;
    }

    private static Tool dvc() {
        return python("dvc", "dvc==3.63.0", bin -> {
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

    private static Tool borg() {
        return python("borg", "borgbackup==1.4.1", bin -> {
            String borg = "export BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes; '" + bin + "/borg'";
            return new ShellTool(
                    "borg",
                    "",
                    borg + " init -e none store; cp \"$old\" m; " + borg + " create store::old m; cp \"$new\" m",
                    borg + " create store::new m",
                    borg + " extract --stdout store::new m > \"$out\"",
                    0);
        });
    }

    private static Tool zipnn(String name, String dtype) {
        return python(name, "zipnn==0.5.3", bin -> {
            String run = "'" + bin + "/python' -c \"" + ZIPNN.replace("\"", "\\\"") + "\" " + dtype;
            return new ShellTool(
                    name, "", "", run + " in \"$new\" store/packed", run + " out store/packed \"$out\"", 1L << 30);
        });
    }

    @FunctionalInterface
    private interface Made {
        Tool of(String binFolder);
    }

    private static Tool python(String name, String requirement, Made made) {
        Optional<PythonEnv> env = PythonEnv.withPackages(requirement);
        return env.<Tool>map(found -> made.of(String.valueOf(found.python().getParent())))
                .orElseGet(() -> new ShellTool(name, "package-" + requirement, "", "", "", 0));
    }
}
