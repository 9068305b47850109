//! The two leading eigenvectors of a linear operator.

use super::PlaneError;
use crate::engine::analysis::curvature::{
    Eigen, EigenError, LanczosOptions, LinearOperator, lanczos,
};
use crate::engine::cancel::Cancel;

/// Returns the two largest eigenvalues with their eigenvectors, the larger one first; in one dimension the second one and its vector are 0.
pub(super) fn top_two(
    matrix: &dyn LinearOperator,
    cancel: &Cancel,
) -> Result<[Eigen; 2], PlaneError> {
    let options = LanczosOptions {
        top: 2,
        vectors: true,
        ..LanczosOptions::largest(1e-10)
    };
    let found = lanczos(matrix, &options, cancel).map_err(|error| match error {
        EigenError::Cancelled => PlaneError::Cancelled,
        EigenError::NotFinite | EigenError::NoLoss(_) => PlaneError::NotFinite,
        EigenError::NotFound { products, .. } => PlaneError::NotFound(products),
    })?;
    let zero = || Eigen {
        value: 0.0,
        error: 0.0,
        vector: vec![0.0; matrix.dim()],
    };
    let mut top = found.top.into_iter();
    Ok([(); 2].map(|()| top.next().unwrap_or_else(zero)))
}
