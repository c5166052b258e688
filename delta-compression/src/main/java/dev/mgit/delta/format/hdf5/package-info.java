/** HDF5 files, as Keras and h5py write them, by the "HDF5 File Format Specification", versions 1 to 3. */
@NullMarked
package dev.mgit.delta.format.hdf5;

import org.jspecify.annotations.NullMarked;
