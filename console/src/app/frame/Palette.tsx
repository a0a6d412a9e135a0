// Search and act from one field: every page and every act that is possible here, by its words.
import { useLingui } from "@lingui/react/macro";
import { Search } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Autocomplete, Dialog, Input, Menu, MenuItem, Modal, ModalOverlay, SearchField, Text } from "react-aria-components";
import { useAllActions } from "../actions";
import { folded } from "../words";

let open = false;
const listeners = new Set<() => void>();
const set = (next: boolean) => {
    open = next;
    for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
};

export const openPalette = () => set(true);

export function Palette() {
    const { t } = useLingui();
    const shown = useSyncExternalStore(subscribe, () => open);
    const actions = useAllActions();
    const filter = (text: string, typed: string) => folded(typed).split(/\s+/).every((word) => folded(text).includes(word));
    const listed = actions.filter((action) => action.id !== "undo");
    const act = (action: (typeof actions)[number]) => {
        set(false);
        action.run();
    };
    // Enter comes here until a result is marked, which takes a moment: it means the first of them.
    const submit = (typed: string) => {
        const first = listed.find((action) => action.reason === undefined && filter(action.label, typed));
        const isMarked = document.activeElement?.hasAttribute("aria-activedescendant");
        if (open && !isMarked && typed && first) act(first);
    };
    return (
        <ModalOverlay className="veil veil-top" isOpen={shown} onOpenChange={set} isDismissable>
            <Modal className="dialog palette">
                <Dialog aria-label={t`Buscar o hacer`} render={(dom) => <section {...dom} />}>
                    <Autocomplete filter={filter}>
                        <SearchField aria-label={t`Buscar o hacer`} autoFocus className="palette-field" onSubmit={submit}>
                            <Search size={16} aria-hidden />
                            <Input placeholder={t`Escriba una página, una acción…`} />
                        </SearchField>
                        <Menu className="options menu palette-list" aria-label={t`Resultados`} items={listed} renderEmptyState={() => <p className="menu-title">{t`Nada se llama así.`}</p>}>
                            {(action) => (
                                <MenuItem
                                    id={action.id}
                                    className="menu-item"
                                    textValue={action.label}
                                    isDisabled={action.reason !== undefined}
                                    onAction={() => act(action)}
                                >
                                    <span>
                                        <Text slot="label">{action.label}</Text>
                                        {action.reason && (
                                            <Text slot="description" elementType="small">
                                                {action.reason}
                                            </Text>
                                        )}
                                    </span>
                                    {action.group && <small>{action.group}</small>}
                                    {action.key && <kbd aria-hidden>{action.key}</kbd>}
                                </MenuItem>
                            )}
                        </Menu>
                    </Autocomplete>
                </Dialog>
            </Modal>
        </ModalOverlay>
    );
}
