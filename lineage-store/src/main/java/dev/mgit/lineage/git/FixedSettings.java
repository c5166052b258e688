package dev.mgit.lineage.git;

import java.io.IOException;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/** What a lineage is read and written by, whatever its own file of settings says; in no file. */
final class FixedSettings extends FileBasedConfig {
    FixedSettings(FS fs) {
        super(SystemReader.getInstance().openSystemConfig(null, fs), null, fs);
        setBoolean("core", null, "bare", true);
        LineageFolder.configure(this, true);
    }

    @Override
    public void load() {}

    @Override
    public boolean isOutdated() {
        return false;
    }

    @Override
    public void save() throws IOException {
        throw new IOException("these settings are in no file");
    }
}
