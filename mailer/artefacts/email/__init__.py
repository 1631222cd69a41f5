"""Turn an edition into an e-mail: its HTML, its plain text, its pictures, and the finished MIME message."""
