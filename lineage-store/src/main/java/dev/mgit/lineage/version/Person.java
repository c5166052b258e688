package dev.mgit.lineage.version;

/** Who made a change, as Git records it. */
public record Person(String name, String email) {
    @Override
    public String toString() {
        return name + " <" + email + ">";
    }
}
