package dev.mgit.lineage.export;

import dev.mgit.delta.format.FileKind;
import dev.mgit.lineage.version.FileEntry;
import java.util.Locale;
import java.util.Set;

/** The kinds of layers of a ModelPack artifact, one file each as it is. */
enum LayerType {
    WEIGHT("weight"),
    /** What the weights need to be read: configuration, tokenizer. */
    CONFIG("weight.config"),
    CODE("code"),
    DOC("doc");

    private static final Set<String> CODE_SUFFIXES = Set.of("py", "ipynb", "sh", "js", "ts", "cpp", "cu", "rs", "go");
    private static final Set<String> DOC_SUFFIXES =
            Set.of("md", "rst", "pdf", "html", "png", "jpg", "jpeg", "gif", "svg");
    private static final Set<String> DOC_NAMES =
            Set.of("readme", "license", "licence", "copying", "notice", "use_policy", "changelog", "citation");

    private final String word;

    LayerType(String word) {
        this.word = word;
    }

    String mediaType() {
        return "application/vnd.cncf.model." + word + ".v1.raw";
    }

    /**
     * By where a file is kept and what it is called.
     *
     * @param hasTensors whether a reader found tensors in it
     */
    static LayerType of(FileEntry file, boolean hasTensors) {
        String name = file.path().substring(file.path().lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        int dot = name.lastIndexOf('.');
        String suffix = dot < 0 ? "" : name.substring(dot + 1);
        String stem = dot < 0 ? name : name.substring(0, dot);
        if (hasTensors || FileKind.byName(name).isPresent()) {
            return WEIGHT;
        }
        if (CODE_SUFFIXES.contains(suffix)) {
            return CODE;
        }
        return DOC_SUFFIXES.contains(suffix) || DOC_NAMES.contains(stem) ? DOC : CONFIG;
    }
}
