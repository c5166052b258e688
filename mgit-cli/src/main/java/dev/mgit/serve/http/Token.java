package dev.mgit.serve.http;

/**
 * What a client shows to be let in.
 *
 * @param name of whoever holds it, for others to read
 * @param mayWrite whether it opens what changes the repository
 */
public record Token(String name, String secret, boolean mayWrite) {
    /** The secret is nobody's business. */
    @Override
    public String toString() {
        return "Token[" + name + (mayWrite ? "]" : ", read]");
    }
}
