package dev.mgit.lineage.version;

class InMemoryLineageTest extends LineageContract {
    @Override
    protected Lineage open() {
        return new InMemoryLineage();
    }
}
