// A list of acts behind one button. What the state forbids stays, and says why.
import type { LucideIcon } from "lucide-react";
import type { ReactElement } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator, Text } from "react-aria-components";

export type MenuAct = { id: string; label: string; icon?: LucideIcon; keyName?: string; reason?: string; run: () => void };

export function Menu({ label, button, acts }: { label: string; button: ReactElement; acts: (MenuAct | "line")[] }) {
    return (
        <MenuTrigger>
            {button}
            <Popover className="popover" placement="bottom end" offset={4}>
                <MenuList label={label} acts={acts} />
            </Popover>
        </MenuTrigger>
    );
}

export function MenuList({ label, acts, onClose }: { label: string; acts: (MenuAct | "line")[]; onClose?: () => void }) {
    return (
        <AriaMenu className="menu" aria-label={label} onClose={onClose}>
            {acts.map((act, place) =>
                act === "line" ? (
                    <Separator key={`line-${place}`} className="menu-line" />
                ) : (
                    <MenuItem key={act.id} id={act.id} className="menu-item" textValue={act.label} isDisabled={act.reason !== undefined} onAction={act.run}>
                        {act.icon && <act.icon size={16} aria-hidden />}
                        <span>
                            <Text slot="label">{act.label}</Text>
                            {act.reason && (
                                <Text slot="description" elementType="small">
                                    {act.reason}
                                </Text>
                            )}
                        </span>
                        {act.keyName && <kbd aria-hidden>{act.keyName}</kbd>}
                    </MenuItem>
                ),
            )}
        </AriaMenu>
    );
}
