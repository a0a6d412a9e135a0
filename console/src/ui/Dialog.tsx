// A dialog takes the keyboard until it is closed; `Esc` closes it and focus returns to where it was.
import { t } from "@lingui/core/macro";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button, IconButton } from "./Button";

export type DialogProps = {
    title: string;
    open: boolean;
    onClose: () => void;
    children: ReactNode;
    foot?: ReactNode;
    /** Offers to leave all as it is, before what stands in `foot`. */
    leave?: boolean;
    wide?: boolean;
    /** What was typed would be lost by a click beside it. */
    keep?: boolean;
    /** Cannot be left without an answer. */
    fixed?: boolean;
    alert?: boolean;
};

export function Dialog({ title, open, onClose, children, foot, leave, wide, keep, fixed, alert }: DialogProps) {
    return (
        <ModalOverlay className="veil" isOpen={open} onOpenChange={(isOpen) => !isOpen && !fixed && onClose()} isDismissable={!keep && !fixed} isKeyboardDismissDisabled={fixed}>
            <Modal className={`dialog${wide ? " dialog-wide" : ""}`}>
                <AriaDialog role={alert ? "alertdialog" : "dialog"} className="dialog-section" render={(dom) => <section {...dom} />}>
                    <header>
                        <Heading slot="title">{title}</Heading>
                        {!fixed && <IconButton name={t`Cerrar`} icon={X} onPress={onClose} small />}
                    </header>
                    <div className="dialog-body">{children}</div>
                    {foot && (
                        <footer>
                            {leave && <Button onPress={onClose}>{t`Dejar como está`}</Button>}
                            {foot}
                        </footer>
                    )}
                </AriaDialog>
            </Modal>
        </ModalOverlay>
    );
}
