package dev.mgit.hooks.audit.document;

import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.DataFact;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The data sets of an answer, each once: by digest where one is known, else by name. */
final class DataSets {
    private DataSets() {}

    static Map<String, DataFact> of(AuditAnswer answer) {
        Map<String, DataFact> all = new TreeMap<>();
        answer.versions().forEach(version -> version.data().forEach(data -> all.putIfAbsent(key(data), data)));
        return all;
    }

    /** 64 hexadecimal digits that stand for the data set in a document. */
    static String key(DataFact data) {
        String name = data.name().toLowerCase(Locale.ROOT);
        return data.sha256().orElseGet(() -> FolderTools.digest(("name:" + name).getBytes(StandardCharsets.UTF_8)));
    }
}
