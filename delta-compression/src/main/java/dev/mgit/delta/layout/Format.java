package dev.mgit.delta.layout;

/** What is known of one checkpoint file format, whoever reads it. */
public interface Format {
    /** The format's short name, as it stands in manifests. */
    String name();

    /** Whether its files hold checksums of tensors, so that a tensor of other bytes makes a damaged file. */
    boolean checksumsTensors();

    /** Whether models are exported to this format rather than trained in it. */
    boolean isExport();

    /**
     * Whether a file of this name promises this format, so that damage in it is an error. Damage in any other file
     * means that the file is not of this format.
     *
     * @param fileName the file's name without folders
     */
    boolean ownsName(String fileName);
}
