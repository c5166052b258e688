package dev.mgit.hooks.licence;

/** What a licence asks that goes on to whatever is made from the work. */
public enum Obligation {
    /** Name the authors, keep notices. */
    ATTRIBUTION('A', "attribution"),
    /** Works made from it are under the same licence. */
    SHARE_ALIKE('S', "share-alike"),
    NON_COMMERCIAL('N', "non-commercial"),
    /** Works made from it may not be passed on. */
    NO_DERIVATIVES('D', "no-derivatives"),
    /** A list of forbidden uses, to be passed on with whatever is made from it. */
    USE_RESTRICTIONS('U', "use-restrictions");

    private final char letter;
    private final String word;

    Obligation(char letter, String word) {
        this.letter = letter;
        this.word = word;
    }

    /** As the table of licences has it. */
    char letter() {
        return letter;
    }

    /** As it is written in output. */
    public String word() {
        return word;
    }
}
