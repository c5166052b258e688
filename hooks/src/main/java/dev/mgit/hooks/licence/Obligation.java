package dev.mgit.hooks.licence;

/** What a licence asks that goes on to whatever is made from the work. */
public enum Obligation {
    /** Name the authors, keep notices. */
    ATTRIBUTION("attribution"),
    /** Works made from it are under the same licence. */
    SHARE_ALIKE("share-alike"),
    NON_COMMERCIAL("non-commercial"),
    /** Works made from it may not be passed on. */
    NO_DERIVATIVES("no-derivatives"),
    /** A list of forbidden uses, to be passed on with whatever is made from it. */
    USE_RESTRICTIONS("use-restrictions");

    private final String word;

    Obligation(String word) {
        this.word = word;
    }

    /** As it is written in output. */
    public String word() {
        return word;
    }
}
