package dev.mgit.lineage.sign;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text encoding of keys and certificates (RFC 7468). */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);
    private static final int COLUMNS = 64;

    private Pem() {}

    /** One block: {@code BEGIN label}, and the bytes. */
    static final class Block {
        private final String label;
        private final byte[] der;

        Block(String label, byte[] der) {
            this.label = label;
            this.der = der.clone();
        }

        String label() {
            return label;
        }

        byte[] der() {
            return der.clone();
        }
    }

    /** @throws IllegalArgumentException if a block is not base 64 */
    static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            byte[] der = Base64.getDecoder().decode(matcher.group(2).replaceAll("\\s", ""));
            blocks.add(new Block(matcher.group(1), der));
        }
        return blocks;
    }

    /** As OpenSSL writes it: lines of 64 columns, the last one ended. */
    static String text(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(COLUMNS, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
