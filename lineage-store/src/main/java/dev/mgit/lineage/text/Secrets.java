package dev.mgit.lineage.text;

import dev.mgit.delta.MgitException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tokens, keys and passwords by what they look like. What is recorded travels to everyone who clones the lineage, and
 * stays in its history: what a user writes is refused if it holds one, what a program printed is masked.
 */
public final class Secrets {
    private static final String MASK = "***";

    /** No letter or digit before it: not the middle of another word. */
    private static final String START = "(?<![A-Za-z0-9])";

    /** No character of Base64 before or after it: not the middle of a digest. */
    private static final String NO_BASE64_BEFORE = "(?<![A-Za-z0-9/+_-])";

    private static final Map<String, Pattern> KINDS = kinds();

    /** Names of variables that hold secrets. */
    private static final Pattern NAME = Pattern.compile("(?i)(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?"
            + "|APIKEY|(API|ACCESS|PRIVATE|SECRET|ACCOUNT|SIGNING)_?KEY|PAT)(_ID)?$");

    private static final Pattern VALUE = Pattern.compile("[^\\s<>]{8,}");

    private Secrets() {}

    private static Map<String, Pattern> kinds() {
        Map<String, Pattern> kinds = new LinkedHashMap<>();
        put(
                kinds,
                "a private key",
                "-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:(?s:.)*?"
                        + "-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|(?s:.)*)");
        put(kinds, "a Hugging Face token", START + "(?:hf|api_org)_[A-Za-z0-9]{30,}");
        put(kinds, "a GitHub token", START + "(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})");
        put(kinds, "a GitLab token", START + "gl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_.-]{20,}");
        put(kinds, "an npm token", START + "npm_[A-Za-z0-9]{36,}");
        put(kinds, "a PyPI token", START + "pypi-[A-Za-z0-9_-]{50,}");
        put(
                kinds,
                "an API key",
                START + "sk-(?:[A-Za-z0-9]{20,}"
                        + "|(?:proj|svcacct|admin|None|or-v1|lf|ant-[a-z]+[0-9]+)-[A-Za-z0-9_-]{20,})");
        put(kinds, "an API key", START + "(?:gsk_[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{30,}|nvapi-[A-Za-z0-9_-]{40,})");
        put(kinds, "a Stripe key", START + "[sr]k_(?:live|test)_[A-Za-z0-9]{16,}");
        put(kinds, "an AWS access key", NO_BASE64_BEFORE + "(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9/+=])");
        put(kinds, "an AWS secret key", "(?i)aws_secret_access_key[\"']?\\s*[=:]\\s*[\"']?[A-Za-z0-9/+]{40}");
        put(kinds, "a Slack token", START + "(?:xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,})");
        put(kinds, "a Google key", START + "(?:AIza[A-Za-z0-9_-]{35}|ya29\\.[A-Za-z0-9_-]{20,})");
        put(kinds, "a SendGrid key", START + "SG\\.[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{30,}");
        put(kinds, "a JSON Web Token", START + "eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}");
        put(
                kinds,
                "an authorization header",
                "(?i)authorization[\"']?\\s*:\\s*[\"']?(?:bearer|basic|token)\\s+" + "(?!\\$)[A-Za-z0-9._~+/=-]{12,}");
        put(
                kinds,
                "a password in an address",
                START + "[a-z][a-z0-9+.-]*://[^\\s/:@\"'$]*:(?!\\$)[^\\s/@\"']{3,}@[A-Za-z0-9]");
        return kinds;
    }

    private static void put(Map<String, Pattern> kinds, String kind, String pattern) {
        Pattern other = kinds.get(kind);
        kinds.put(kind, Pattern.compile(other == null ? pattern : other.pattern() + "|" + pattern));
    }

    /** What kind of secret a text holds, with its article; empty if it holds none. */
    public static Optional<String> kind(String text) {
        return KINDS.entrySet().stream()
                .filter(kind -> kind.getValue().matcher(text).find())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * Refuses a text that is to be recorded.
     *
     * @param where as the subject of a sentence
     * @throws MgitException of kind USAGE if it holds a secret; the message does not
     */
    public static void refuse(String where, String text) {
        Optional<String> kind = kind(text);
        if (kind.isPresent()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    where + " holds " + kind.get() + ", and what is recorded cannot be taken back",
                    "take it out; a command gets it as a variable with --secret-env NAME, which records the name alone");
        }
    }

    /** The same of bytes. */
    public static void refuse(String where, byte[] text) {
        refuse(where, new String(text, StandardCharsets.ISO_8859_1));
    }

    /** The same of each word of a command. */
    public static void refuseWords(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            refuse("word " + (i + 1) + " of the command", words.get(i));
        }
    }

    /**
     * Refuses a variable that is to be recorded with its value.
     *
     * @throws MgitException of kind USAGE if the value, or the name, is one of a secret
     */
    public static void refuseVariable(String name, String value) {
        refuse("the variable '" + name + "'", value);
        if (isName(name) && VALUE.matcher(value).matches()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the variable '" + name + "' is a secret by its name, and its value would be recorded",
                    "write --secret-env " + name + ", which records the name alone");
        }
    }

    /** Whether a variable of this name holds a secret. */
    public static boolean isName(String name) {
        return NAME.matcher(name).find();
    }

    /** A text with {@code ***} for each secret in it. */
    public static String mask(String text) {
        String masked = text;
        for (Pattern kind : KINDS.values()) {
            masked = kind.matcher(masked).replaceAll(Matcher.quoteReplacement(MASK));
        }
        return masked;
    }

    /**
     * The same, and for the values of secret variables, whatever these look like.
     *
     * @param environment of the program that printed it
     */
    public static String mask(String text, Map<String, String> environment) {
        String masked = text;
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            if (isName(variable.getKey()) && VALUE.matcher(variable.getValue()).matches()) {
                masked = masked.replace(variable.getValue(), MASK);
            }
        }
        return mask(masked);
    }
}
