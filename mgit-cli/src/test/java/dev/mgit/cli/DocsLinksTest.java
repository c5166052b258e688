package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Relative links and anchors of all pages resolve, and every page can be reached from the table of contents. */
class DocsLinksTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path CONTENTS = ROOT.resolve("docs/README.md");
    private static final Set<String> NOT_DOCS = Set.of("target", "resources");

    /** A title may not hold brackets, nor an address parentheses. */
    private static final Pattern LINK = Pattern.compile("]\\(([^()\\s]+)\\)");

    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

    private static final Pattern NAMED_TEST = Pattern.compile("`([A-Z][A-Za-z]*Test)(?:\\.([a-zA-Z]+))?`");

    private record Link(Path page, String address) {
        boolean isRelative() {
            return !address.matches("[a-z]+:.*");
        }

        Path target() {
            String path = address.replaceFirst("#.*", "");
            return path.isEmpty() ? page : page.resolveSibling(path).normalize();
        }

        boolean resolves() throws IOException {
            int hash = address.indexOf('#');
            return Files.exists(target()) && (hash < 0 || anchors(target()).contains(address.substring(hash + 1)));
        }
    }

    @Test
    void linksAndAnchorsResolve() throws IOException {
        List<Link> links = new ArrayList<>();
        for (Path page : pages()) {
            links.addAll(links(page));
        }
        List<String> dead = new ArrayList<>();
        for (Link link : links) {
            if (!link.resolves()) {
                dead.add(ROOT.relativize(link.page()) + ": " + link.address());
            }
        }
        assertThat(links).hasSizeGreaterThan(100);
        assertThat(dead).isEmpty();
    }

    @Test
    void everyPageIsReachedFromTheTableOfContents() throws IOException {
        Set<Path> reached = new HashSet<>(Set.of(CONTENTS));
        var open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            for (Link link : links(open.remove())) {
                Path target = link.target();
                if (target.toString().endsWith(".md") && Files.exists(target) && reached.add(target)) {
                    open.add(target);
                }
            }
        }
        assertThat(reached)
                .containsAll(pages().stream()
                        .filter(page -> !page.equals(ROOT.resolve("README.md")))
                        .toList());
    }

    /** A promise names the test that holds it. */
    @Test
    void testsThatAreNamedExist() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith("Test.java")).toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (Path page : List.of(ROOT.resolve("SECURITY.md"), ROOT.resolve("docs/robustness.md"))) {
            Matcher tests = NAMED_TEST.matcher(text(page));
            while (tests.find()) {
                named++;
                String source = sources.getOrDefault(tests.group(1), "");
                boolean found =
                        tests.group(2) == null ? !source.isEmpty() : source.contains("void " + tests.group(2) + "(");
                if (!found) {
                    missing.add(page.getFileName() + ": " + tests.group());
                }
            }
        }
        assertThat(named).isGreaterThan(50);
        assertThat(missing).isEmpty();
    }

    @Test
    void anchorsAreThoseOfGitHub() {
        assertThat(anchor("Ratio, block by block (`mgit bench codec`)"))
                .isEqualTo("ratio-block-by-block-mgit-bench-codec");
        assertThat(anchor("Nothing of the user's is overwritten")).isEqualTo("nothing-of-the-users-is-overwritten");
        assertThat(anchor("mgit test_add")).isEqualTo("mgit-test_add");
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> isDocs(ROOT.relativize(file)))
                    .sorted()
                    .toList();
        }
    }

    /** Whatever is built, hidden, or only describes test data is no page. */
    private static boolean isDocs(Path file) {
        for (Path part : file) {
            String name = part.toString();
            if (name.startsWith(".") || NOT_DOCS.contains(name)) {
                return false;
            }
        }
        return true;
    }

    private static List<Link> links(Path page) throws IOException {
        String prose = text(page).replaceAll("`[^`\n]*`", "");
        return LINK.matcher(prose)
                .results()
                .map(match -> new Link(page, match.group(1)))
                .filter(Link::isRelative)
                .toList();
    }

    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new HashSet<>();
        for (MatchResult heading : HEADING.matcher(text(page)).results().toList()) {
            String anchor = anchor(heading.group(1));
            String unique = anchor;
            for (int i = 1; !anchors.add(unique); i++) {
                unique = anchor + "-" + i;
            }
        }
        return anchors;
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-');
    }

    /** A page without its blocks of code, in which nothing is a link or a heading. */
    private static String text(Path page) throws IOException {
        return Files.readString(page).replaceAll("(?ms)^ *```.*?^ *```", "").replaceAll("(?m)^    .*$", "");
    }
}
