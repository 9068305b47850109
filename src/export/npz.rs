//! Arrays in one file, as NumPy's savez writes them and its load reads them.

use npyz::WriterBuilder;
use std::io::{self, Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A file of arrays, in memory.
pub(super) struct Npz(ZipWriter<Cursor<Vec<u8>>>);

impl Default for Npz {
    fn default() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }
}

impl Npz {
    /// Adds an array; its values come row by row.
    pub(super) fn add<T: npyz::AutoSerialize>(
        &mut self,
        name: &str,
        shape: &[u64],
        values: impl IntoIterator<Item = T>,
    ) -> io::Result<()> {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let stored = stored.large_file(true);
        self.0
            .start_file(npyz::npz::file_name_from_array_name(name), stored)?;
        let mut array = npyz::WriteOptions::new()
            .default_dtype()
            .shape(shape)
            .writer(&mut self.0)
            .begin_nd()?;
        array.extend(values)?;
        array.finish()
    }

    /// Writes the file.
    pub(super) fn write(self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.0.finish()?.into_inner())
    }
}
