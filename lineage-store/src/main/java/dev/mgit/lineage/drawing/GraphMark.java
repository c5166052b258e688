package dev.mgit.lineage.drawing;

/**
 * What a drawing says of a version besides its name: by a color, and in words for whoever sees no colors.
 *
 * @param words what is drawn beside the version
 * @param color of its ring or frame
 */
public record GraphMark(String words, Color color) {
    /** Colors that stay apart on white and on black, and for most of the color-blind. */
    public enum Color {
        BLUE("#0072b2"),
        ORANGE("#e69f00"),
        PURPLE("#cc79a7"),
        SKY("#56b4e9"),
        GREEN("#009e73"),
        RED("#d55e00"),
        GRAY("#888888");

        private final String hex;

        Color(String hex) {
            this.hex = hex;
        }

        String hex() {
            return hex;
        }
    }
}
