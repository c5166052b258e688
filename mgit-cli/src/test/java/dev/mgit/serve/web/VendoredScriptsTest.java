package dev.mgit.serve.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What is taken from others is what it says it is, and nothing is loaded from anywhere else. */
class VendoredScriptsTest {
    @Test
    void theLayoutLibraryIsTheOneThatIsWrittenDown() {
        byte[] script = Assets.read("vendor/dagre/dagre.min.js");
        String readme = text("vendor/dagre/README.md");
        String digest = HexFormat.of().formatHex(Hashes.sha256().digest(script));
        assertThat(readme).contains("SHA-256: " + digest, "# dagre 3.1.3", "MIT");
        assertThat(text("vendor/dagre/LICENSE")).contains("Copyright (c) 2012-2014 Chris Pettitt", "Permission is");
        assertThat(text("vendor/dagre/dagre.min.js.LEGAL.txt")).contains("@license");
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        Assets.TYPES.keySet().stream()
                .filter(name -> !name.equals("dagre.min.js"))
                .forEach(name -> assertThat(text(name).replace("http://www.w3.org/2000/svg", ""))
                        .as(name)
                        .doesNotContain(
                                "http:", "https:", "@import", "url(h", "innerHTML", "eval(", "insertAdjacentHTML"));
    }

    private static String text(String name) {
        return new String(Assets.read(name), StandardCharsets.UTF_8);
    }
}
