package dev.mgit.serve.hub;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The ids Git would give to files and folders of a repository in which large files are Git LFS pointers. */
final class GitIds {
    private GitIds() {}

    static String blob(byte[] content) {
        return id("blob", content);
    }

    /** What stands in the repository for a large file (git-lfs, {@code docs/spec.md}). */
    static byte[] pointer(String sha256, long size) {
        return ("version https://git-lfs.github.com/spec/v1\noid sha256:" + sha256 + "\nsize " + size + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The id of a folder.
     *
     * @param entries ids by name; names of folders end with a slash, which is where Git sorts them
     */
    static String tree(Map<String, String> entries) {
        SortedMap<String, String> sorted = new TreeMap<>(entries);
        var content = new ByteArrayOutputStream();
        sorted.forEach((name, id) -> {
            boolean folder = name.endsWith("/");
            String line = folder ? "40000 " + name.substring(0, name.length() - 1) : "100644 " + name;
            content.writeBytes((line + "\0").getBytes(StandardCharsets.UTF_8));
            content.writeBytes(HexFormat.of().parseHex(id));
        });
        return id("tree", content.toByteArray());
    }

    private static String id(String type, byte[] content) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update((type + " " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(sha1.digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
