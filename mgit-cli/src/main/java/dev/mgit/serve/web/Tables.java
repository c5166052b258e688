package dev.mgit.serve.web;

import java.util.List;

/** Tables whose cells are text, and lists of names and values. */
final class Tables {
    private Tables() {}

    /** Begins a table; numbers stand right in columns whose heading ends in a space. */
    static Html head(Html html, String caption, List<String> headings) {
        html.open("table");
        html.leaf("caption", caption, "class", "unseen");
        html.open("thead").open("tr");
        for (String heading : headings) {
            String[] look = heading.endsWith(" ")
                    ? new String[] {"scope", "col", "class", "number"}
                    : new String[] {"scope", "col"};
            html.leaf("th", heading.strip(), look);
        }
        return html.close().close().open("tbody");
    }

    static Html end(Html html) {
        return html.close().close();
    }

    static Html number(Html html, String text) {
        return html.leaf("td", text, "class", "number");
    }

    /** A name and its value in a list of such. */
    static Html fact(Html html, String name, String value) {
        return html.leaf("dt", name).leaf("dd", value);
    }

    /** Where a list goes on: the ranges before and after this one. */
    static void pages(Html html, String url, int from, int most, int total) {
        if (total <= most && from == 0) {
            return;
        }
        html.open("p", "class", "pages");
        if (from > 0) {
            html.link(url + "&from=" + Math.max(0, from - most), "← Previous", "rel", "prev", "class", "button");
        }
        int last = Math.min(total, from + most);
        html.text(Amounts.count(Math.min(total, from + 1)) + "–" + Amounts.count(last) + " of " + Amounts.count(total));
        if (last < total) {
            html.link(url + "&from=" + last, "Next →", "rel", "next", "class", "button");
        }
        html.close();
    }
}
