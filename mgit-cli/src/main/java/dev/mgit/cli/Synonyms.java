package dev.mgit.cli;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What people type who come from Git, a shell or another store of models, and what mgit calls it. */
final class Synonyms {
    /** The nearest command first; the first one that exists where it was typed is meant. */
    private static final Map<String, List<String>> MEANT = Map.ofEntries(
            Map.entry("annotate", List.of("blame")),
            Map.entry("branches", List.of("branch")),
            Map.entry("cat", List.of("show")),
            Map.entry("ci", List.of("commit")),
            Map.entry("co", List.of("checkout")),
            Map.entry("compare", List.of("diff")),
            Map.entry("create", List.of("add", "init")),
            Map.entry("del", List.of("rm")),
            Map.entry("delete", List.of("rm")),
            Map.entry("detect", List.of("import")),
            Map.entry("download", List.of("checkout")),
            Map.entry("dot", List.of("graph")),
            Map.entry("evaluate", List.of("eval", "test")),
            Map.entry("extract", List.of("checkout")),
            Map.entry("get", List.of("checkout")),
            Map.entry("grep", List.of("find")),
            Map.entry("history", List.of("log")),
            Map.entry("hook", List.of("hooks")),
            Map.entry("info", List.of("show")),
            Map.entry("ingest", List.of("import")),
            Map.entry("lineage", List.of("graph")),
            Map.entry("link", List.of("edge")),
            Map.entry("list", List.of("list", "branch")),
            Map.entry("load", List.of("checkout")),
            Map.entry("ll", List.of("list", "branch")),
            Map.entry("ls", List.of("list", "branch")),
            Map.entry("models", List.of("branch")),
            Map.entry("move", List.of("mv")),
            Map.entry("new", List.of("add", "init")),
            Map.entry("oplog", List.of("op")),
            Map.entry("praise", List.of("blame")),
            Map.entry("provenance", List.of("audit")),
            Map.entry("prune", List.of("gc")),
            Map.entry("remove", List.of("rm")),
            Map.entry("rename", List.of("mv")),
            Map.entry("repack", List.of("gc")),
            Map.entry("restore", List.of("checkout")),
            Map.entry("retrain", List.of("update")),
            Map.entry("sync", List.of("pull")),
            Map.entry("upload", List.of("push")),
            Map.entry("save", List.of("commit")),
            Map.entry("search", List.of("find")),
            Map.entry("set", List.of("config")),
            Map.entry("settings", List.of("config")),
            Map.entry("size", List.of("du")),
            Map.entry("st", List.of("status")),
            Map.entry("store", List.of("commit")),
            Map.entry("switch", List.of("checkout")),
            Map.entry("tags", List.of("tag")),
            Map.entry("tests", List.of("test")),
            Map.entry("train", List.of("run")),
            Map.entry("tree", List.of("graph")),
            Map.entry("usage", List.of("du")),
            Map.entry("version", List.of("--version")));

    private Synonyms() {}

    static Map<String, List<String>> targets() {
        return MEANT;
    }

    /** @param known the commands there are where the word was typed */
    static Optional<String> of(String typed, Collection<String> known) {
        return MEANT.getOrDefault(typed, List.of()).stream()
                .filter(command -> known.contains(command) || command.startsWith("--"))
                .findFirst();
    }
}
