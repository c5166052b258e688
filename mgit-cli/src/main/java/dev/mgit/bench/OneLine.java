package dev.mgit.bench;

/** A Java program that does next to nothing: what a short command cannot be faster than. */
final class OneLine {
    private OneLine() {}

    public static void main(String[] arguments) {
        System.out.println("mgit");
    }
}
