package dev.mgit.lineage.sign;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Signatures over one version and statements about it: its note in the namespace {@value #NAMESPACE}, one Sigstore
 * bundle a line, so that a line-wise union of two people's notes is again a note.
 */
public record SignatureNotes(List<SigstoreBundle> bundles) {
    public static final String NAMESPACE = "signatures";

    public SignatureNotes {
        bundles = List.copyOf(bundles);
    }

    /** @throws dev.mgit.delta.MgitException of kind INTEGRITY, naming the line, if one is no bundle */
    public static SignatureNotes parse(byte[] note) {
        List<SigstoreBundle> bundles = new ArrayList<>();
        String[] lines = lines(note);
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].isBlank()) {
                bundles.add(SigstoreBundle.parse(
                        lines[i].getBytes(StandardCharsets.UTF_8), "line " + (i + 1) + " of a note of signatures"));
            }
        }
        return new SignatureNotes(bundles);
    }

    private static String[] lines(byte[] note) {
        return new String(note, StandardCharsets.UTF_8).split("\n");
    }

    /** A note with further bundles at its end. */
    public static byte[] with(byte[] note, List<SigstoreBundle> added) {
        Set<String> all = new LinkedHashSet<>(List.of(lines(note)));
        added.forEach(bundle -> all.add(new String(bundle.bytes(), StandardCharsets.UTF_8)));
        return text(all);
    }

    /** The lines of both, each once, in an order that does not depend on who joins them. */
    public static byte[] union(byte[] ours, byte[] theirs) {
        Set<String> all = new TreeSet<>(List.of(lines(ours)));
        all.addAll(List.of(lines(theirs)));
        return text(all);
    }

    private static byte[] text(Set<String> lines) {
        var text = new StringBuilder();
        lines.stream()
                .filter(line -> !line.isBlank())
                .forEach(line -> text.append(line).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
