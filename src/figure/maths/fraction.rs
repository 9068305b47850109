//! Fractions: `/` in a row of nodes becomes a fraction of the product before it and the factor after it.

use super::parse::Node;

/// Returns an unjoined node for several.
pub(super) fn row_of(mut nodes: Vec<Node>) -> Node {
    if nodes.len() == 1 {
        nodes.swap_remove(0)
    } else {
        Node::Row(nodes)
    }
}

/// Returns the content of parentheses, which a fraction or a root makes superfluous.
pub(super) fn bare(node: Node) -> Node {
    match node {
        Node::Brackets(['(', ')'], inner) => *inner,
        other => other,
    }
}

fn is_factor(node: &Node) -> bool {
    !matches!(node, Node::Sign(_) | Node::Prefix(_) | Node::Words(_))
}

/// Replaces each `/` by a fraction of the product before it and the factor after it.
pub(super) fn fractions(nodes: Vec<Node>) -> Vec<Node> {
    let mut done: Vec<Node> = Vec::new();
    let mut rest = nodes.into_iter();
    while let Some(node) = rest.next() {
        if node != Node::Sign('/') {
            done.push(node);
            continue;
        }
        let from = done.iter().rposition(|node| !is_factor(node));
        let numerator = done.split_off(from.map_or(0, |last| last + 1));
        match (numerator.is_empty(), rest.next()) {
            (false, Some(denominator)) if is_factor(&denominator) => {
                done.push(fraction(numerator, denominator));
            }
            (_, denominator) => {
                done.extend(numerator);
                done.push(Node::Sign('/'));
                done.extend(denominator);
            }
        }
    }
    done
}

/// Returns a fraction; that of a fraction has one line.
fn fraction(mut numerator: Vec<Node>, denominator: Node) -> Node {
    if numerator.len() == 1 {
        return match numerator.swap_remove(0) {
            Node::Fraction(above, below) => {
                let product = Node::Row(vec![bracketed(*below), denominator]);
                Node::Fraction(above, Box::new(product))
            }
            only => Node::Fraction(Box::new(bare(only)), Box::new(bare(denominator))),
        };
    }
    Node::Fraction(Box::new(row_of(numerator)), Box::new(bare(denominator)))
}

/// Returns a node as a factor: a sum in parentheses.
fn bracketed(node: Node) -> Node {
    match node {
        Node::Row(_) => Node::Brackets(['(', ')'], Box::new(node)),
        other => other,
    }
}
