package dev.mgit.hooks.audit.document;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.audit.ModelFiles;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The formats of an audit's answer. */
public enum AuditFormat {
    TEXT,
    JSON,
    MD,
    HTML,
    CYCLONEDX,
    PROV,
    SLSA,
    SPDX;

    /** @throws MgitException of kind USAGE, naming the formats, if there is no such format */
    public static AuditFormat parse(String word) {
        return Arrays.stream(values())
                .filter(format -> format.word().equals(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "unknown format '" + word + "'",
                        "use one of "
                                + Arrays.stream(values()).map(AuditFormat::word).collect(Collectors.joining(", "))));
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isJson() {
        return switch (this) {
            case TEXT, MD, HTML -> false;
            case JSON, CYCLONEDX, PROV, SLSA, SPDX -> true;
        };
    }

    /**
     * What writes it.
     *
     * @param release mgit's version, named as the tool that wrote the document
     */
    public AuditDocument document(ModelFiles files, String release) {
        return switch (this) {
            case TEXT -> new TextDocument(TextDocument.PLAIN);
            case JSON -> new JsonDocument();
            case MD -> new MarkdownDocument();
            case HTML -> new HtmlDocument();
            case CYCLONEDX -> new CycloneDxDocument(files, release);
            case PROV -> new ProvDocument();
            case SLSA -> new SlsaDocument(files, release);
            case SPDX -> new SpdxDocument(files, release);
        };
    }
}
