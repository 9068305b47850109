//! NPZ files: several arrays in one file, in the format of NumPy's `savez` and `load`.

use npyz::WriterBuilder;
use std::io::{self, Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An NPZ file in memory.
pub(super) struct Npz(ZipWriter<Cursor<Vec<u8>>>);

impl Default for Npz {
    fn default() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }
}

impl Npz {
    /// Adds an array of values in row-major order.
    pub(super) fn add<T: npyz::AutoSerialize>(
        &mut self,
        name: &str,
        shape: &[u64],
        values: impl IntoIterator<Item = T>,
    ) -> io::Result<()> {
        self.begin(name)?;
        let mut array = npyz::WriteOptions::new()
            .default_dtype()
            .shape(shape)
            .writer(&mut self.0)
            .begin_nd()?;
        array.extend(values)?;
        array.finish()
    }

    /// Adds an array of texts, of NumPy's type `U`.
    pub(super) fn add_texts(&mut self, name: &str, texts: &[String]) -> io::Result<()> {
        let longest = texts.iter().map(|text| text.chars().count()).max();
        let dtype = format!("<U{}", longest.unwrap_or(0).max(1));
        let dtype = dtype.parse().map_err(io::Error::other)?;
        self.begin(name)?;
        let mut array = npyz::WriteOptions::<str>::new()
            .dtype(npyz::DType::Plain(dtype))
            .shape(&[texts.len() as u64])
            .writer(&mut self.0)
            .begin_nd()?;
        texts
            .iter()
            .try_for_each(|text| array.push(text.as_str()))?;
        array.finish()
    }

    /// Begins the file of an array.
    fn begin(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let options = options.large_file(true);
        self.0
            .start_file(npyz::npz::file_name_from_array_name(name), options)?;
        Ok(())
    }

    /// Writes the file to `out`.
    pub(super) fn write(self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.0.finish()?.into_inner())
    }
}
