package dev.mgit.serve.web;

import dev.mgit.serve.http.Body;
import dev.mgit.serve.http.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What all pages have: the bar with the repository's name, the ways to the others and the search, and the headers that
 * keep a browser from running or loading anything but this server's own files.
 *
 * @param current the link of the bar this page belongs to
 * @param repository name of the repository's folder
 * @param scripts assets that make the page livelier
 * @param reload seconds after which a browser without JavaScript asks again; 0 for never
 */
record Page(String title, String current, String repository, Html main, List<String> scripts, int reload) {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy", POLICY,
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cache-Control", "no-store");

    Page(String title, String current, String repository, Html main, List<String> scripts) {
        this(title, current, repository, main, scripts, 0);
    }

    private record Place(String link, String name) {}

    private static final List<Place> PLACES = List.of(
            new Place(Links.HOME, "Graph"),
            new Place(Links.MODELS, "Models"),
            new Place(Links.STALE, "Stale"),
            new Place(Links.UPDATE, "Update"),
            new Place(Links.INTERFACE, "API"));

    Reply reply(int status) {
        String html = "<!DOCTYPE html>\n" + html();
        return Reply.of(status, "text/html; charset=utf-8", Body.of(html.getBytes(StandardCharsets.UTF_8)))
                .with(HEADERS);
    }

    private Html html() {
        var page = new Html();
        page.open("html", "lang", "en").within("head", this::head);
        page.open("body");
        page.link("#main", "Skip to content", "class", "skip").within("header", this::bar, "class", "bar");
        page.open("main", "id", "main", "tabindex", "-1").add(main).close();
        return page.close().close();
    }

    private void head(Html head) {
        head.tag("meta", "charset", "utf-8");
        head.tag("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        head.tag("meta", "name", "color-scheme", "content", "light dark");
        head.leaf("title", title + " · mgit");
        head.tag("link", "rel", "icon", "href", Links.asset("icon.svg"), "type", "image/svg+xml");
        for (String sheet : List.of("base.css", "parts.css", "graph.css")) {
            head.tag("link", "rel", "stylesheet", "href", Links.asset(sheet));
        }
        if (reload > 0) {
            head.open("noscript")
                    .tag("meta", "http-equiv", "refresh", "content", "" + reload)
                    .close();
        }
        head.leaf("script", "", "src", Links.asset("theme.js"));
        head.leaf("script", "", "defer", "", "src", Links.asset("page.js"));
        scripts.forEach(script -> head.leaf("script", "", "defer", "", "src", Links.asset(script)));
    }

    private void bar(Html bar) {
        bar.open("a", "class", "mark", "href", Links.HOME, "aria-label", "mgit, " + repository);
        bar.tag("img", "src", Links.asset("icon.svg"), "alt", "", "width", "20", "height", "20");
        bar.leaf("span", repository, "class", "repository").close();
        bar.within("nav", this::places, "aria-label", "Pages");
        bar.open("form", "class", "search", "role", "search", "action", Links.MODELS, "method", "get");
        bar.tag(
                "input",
                "id",
                "search",
                "name",
                "q",
                "type",
                "search",
                "placeholder",
                "Search models, tags, ids, messages",
                "aria-label",
                "Search models, tags, ids and messages",
                "autocomplete",
                "off",
                "spellcheck",
                "false");
        bar.leaf("kbd", "/", "aria-hidden", "true").close();
        bar.leaf("button", "Theme", "id", "theme", "type", "button", "class", "plain", "hidden", "");
        bar.leaf("button", "Keys", "id", "keys", "type", "button", "class", "plain", "hidden", "");
    }

    private void places(Html nav) {
        for (Place place : PLACES) {
            if (place.link().equals(current)) {
                nav.link(place.link(), place.name(), "aria-current", "page");
            } else {
                nav.link(place.link(), place.name());
            }
        }
    }
}
