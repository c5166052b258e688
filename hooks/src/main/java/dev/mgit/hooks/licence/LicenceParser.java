package dev.mgit.hooks.licence;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.licence.LicenceExpression.And;
import dev.mgit.hooks.licence.LicenceExpression.Licence;
import dev.mgit.hooks.licence.LicenceExpression.Or;
import dev.mgit.hooks.licence.LicenceExpression.With;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads licence expressions: {@code WITH} binds closest, then {@code AND}, then {@code OR}. */
final class LicenceParser {
    private static final Pattern TOKEN = Pattern.compile("\\s*(?:([()])|([A-Za-z0-9.:\\-]+\\+*))");
    private static final Pattern ID = Pattern.compile("(?:DocumentRef-[A-Za-z0-9.\\-]+:LicenseRef-)?[A-Za-z0-9.\\-]+");
    private static final int DEEPEST = 50;
    private static final int LONGEST = 4096;

    private final String text;
    private final List<String> tokens = new ArrayList<>();
    private int at;
    private int depth;

    LicenceParser(String text) {
        this.text = text.strip();
    }

    LicenceExpression parse() {
        if (text.length() > LONGEST) {
            throw wrong("it is longer than " + LONGEST + " characters");
        }
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (end < text.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw wrong("'" + text.substring(end).strip() + "' cannot be read");
            }
            tokens.add(matcher.group().strip());
            end = matcher.end();
        }
        LicenceExpression whole = or();
        if (at < tokens.size()) {
            throw wrong("'" + tokens.get(at) + "' stands where AND, OR or the end should");
        }
        return whole;
    }

    private LicenceExpression or() {
        List<LicenceExpression> any = list("OR", this::and);
        return any.size() == 1 ? any.get(0) : new Or(any);
    }

    private LicenceExpression and() {
        List<LicenceExpression> all = list("AND", this::single);
        return all.size() == 1 ? all.get(0) : new And(all);
    }

    private List<LicenceExpression> list(String operator, Supplier<LicenceExpression> part) {
        List<LicenceExpression> parts = new ArrayList<>(List.of(part.get()));
        while (accept(operator)) {
            parts.add(part.get());
        }
        return List.copyOf(parts);
    }

    private LicenceExpression single() {
        if (accept("(")) {
            if (++depth > DEEPEST) {
                throw wrong("its parentheses are nested deeper than " + DEEPEST);
            }
            LicenceExpression inner = or();
            depth--;
            if (!accept(")")) {
                throw wrong("a parenthesis is not closed");
            }
            return inner;
        }
        String word = id();
        boolean orLater = word.endsWith("+") && KnownLicences.of(word).isEmpty();
        var licence = new Licence(orLater ? word.substring(0, word.length() - 1) : word, orLater);
        return accept("WITH") ? new With(licence, id()) : licence;
    }

    private String id() {
        String word = at < tokens.size() ? tokens.get(at) : "";
        boolean plain = ID.matcher(word.endsWith("+") ? word.substring(0, word.length() - 1) : word)
                .matches();
        if (!(plain || KnownLicences.of(word).isPresent()) || isOperator(word)) {
            throw wrong(
                    word.isEmpty()
                            ? "a licence is missing at its end"
                            : "'" + word + "' stands where a licence should");
        }
        at++;
        return word;
    }

    private static boolean isOperator(String word) {
        return word.matches("AND|OR|WITH|and|or|with");
    }

    /** Operators are written in capitals or in small letters, not in both. */
    private boolean accept(String token) {
        boolean there = at < tokens.size()
                && (tokens.get(at).equals(token)
                        || isOperator(tokens.get(at)) && tokens.get(at).equalsIgnoreCase(token));
        at += there ? 1 : 0;
        return there;
    }

    private MgitException wrong(String why) {
        String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
        return new MgitException(
                MgitException.Kind.USAGE,
                "'" + shown + "' is not a licence expression: " + why,
                "write an SPDX identifier, or several with AND, OR, WITH and parentheses: 'Apache-2.0 OR MIT'");
    }
}
