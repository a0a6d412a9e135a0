// The way to the import that fills a table from a file, for whoever may do all of it.
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { useMay } from "~/app/session";

export function ImportLink() {
    const mayImport = useMay("run_imports");
    const mayChange = useMay("manage_definitions");
    if (!mayImport || !mayChange) return null;
    return (
        <Link to="/integraciones/importar" search={{ hace: "catalogue_items" }} className="btn btn-s">
            <FileUp size={14} aria-hidden /> <Trans>Importar una tabla</Trans>
        </Link>
    );
}
