package dev.mgit.serve.web;

import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.UrlText;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Where everything is. Pages are below {@code /-/}: no model is called {@code -}. */
final class Links {
    static final String HOME = "/";
    static final String MODELS = "/-/models";
    static final String STALE = "/-/stale";
    static final String UPDATE = "/-/update";
    static final String DIFF = "/-/diff";
    static final String INTERFACE = "/-/api";
    static final String API = "/api/mgit/v1";

    private Links() {}

    static String version(VersionId id) {
        return "/-/version/" + id.hex();
    }

    static String version(String revision) {
        return "/-/version/" + UrlText.encode(revision);
    }

    /** A file of a version, as the Hub's clients ask for it. Of models that they have a name for. */
    static String download(String model, VersionId id, String path) {
        return "/" + encoded(model) + "/resolve/" + id.hex() + "/" + encoded(path) + "?download=true";
    }

    private static String encoded(String path) {
        return Arrays.stream(path.split("/")).map(UrlText::encode).collect(Collectors.joining("/"));
    }

    static String tensors(VersionId id) {
        return version(id) + "/tensors";
    }

    static String graph(VersionId id) {
        return "/?of=" + id.hex();
    }

    static String diff(VersionId a, VersionId b) {
        return DIFF + "?a=" + a.hex() + "&b=" + b.hex();
    }

    static String asset(String name) {
        return "/-/static/" + name;
    }
}
