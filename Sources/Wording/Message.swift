/// A sentence, or a part of one; names in braces stand for what it is about.
package enum Message: String, CaseIterable, Sendable {
    // Parts.
    case absent, erased, yes, no, and, today, yesterday, byServer, byMember, byDevice, entryAt, notSent
    case days, day, hours, hour, minutes, minute

    // Events.
    case recordedByServer, recordedAndSent, offline, clockAhead
    case unseenOne, unseenMany, unseenOfSubjectOne, unseenOfSubjectMany
    case changed, unchanged, outranked, erasedBy, created
    case conflictOpened, conflictRemains, conflictSettled, conflictOpenedBetween, besideValue
    case noEntryFits, noDifference, shownNow, andMore, lookTheSame

    // Documents.
    case noSubjects, noSubjectsThen, noneFound

    // Erasing.
    case redacts, goesForGood, nothing, nothingToErase

    // Members.
    case theServer, memberOnDevice, memberLeft, roleSince, invitedBy, memberDevice, memberDeviceRevoked
    case personWrote, personNamed

    // Tables of what happened.
    case tableEntry, tableTime, tablePerson, tableDevice, tableSubject, tableWhat, tableField, tableBefore, tableAfter
    case tableRemark, historyOf

    // Lists, and what a sync brought.
    case inConflict, conflictsOfSubject, conflictsCameOne, conflictsCameMany

    // What is unlikely.
    case doubt, undoTakesBack, doubtFuture, doubtFarFuture, doubtNegative, doubtExchanged, doubtFarAway, doubtTwice,
        doubtForNothing

    // What is proven.
    case proven, provenIn, provenRecorded, provenCosigned, provenSays, provenBy, provenSigned, moreDoubts, proofSigned,
        proofUnsigned

    // What was verified.
    case verifySound, verifyKey, verifyEntries, verifyRoot, verifyDigest, verifyErased, verifyKept
    case verifyCheckpoints, verifyFiles, verifyBeyond, verifyExtends, verifyReadModels, verifyStaged, verifyOutbox
    case verifySignatures, verifyFuture, verifyUnverifiable, verifyUnsigned, verifySigned, replicaOf, serverOf
    case mirrorOf, keyGiven, keyStored, allErased, keptData, checkpointsSigned, filesBeyond, extendsGiven
    case modelsSound, modelsMissing, modelsBehind, modelsUnused, segmentsStaged, eventsOutside, signaturesCount
    case timesAhead, signaturesWithoutKeys, unsignedOfDevice, unsignedWithoutKey, cosignedBy, entriesOfLog
    case snapshotOfEntries, snapshotReplayed, snapshotAsSaid, subjectCount

    // Devices.
    case deviceContinues, deviceNeverSeen, deviceHas, deviceRevoked, deviceUntil, deviceReadsPublic

    // Conflicts.
    case noConflicts, byClockUnsent, byClockAndRecorded, sawNothing, sawUpTo, didNotKnow, howToSettle, settledNow
    case recordedNow, recordedAsOne, recordedAsMany

    // What has no effect.
    case overtaken, afterOvertaken

    // Refused events.
    case nothingRefused, afterRefusal, aboutSubject, aboutSubjectAt, dependOnIt, refusedAsWell, notSentYet
    case mentionsRenamed, rerecorded, staysRefused, stillRefusedOne, stillRefusedMany

    // How a replica stands.
    case statusAgenda, statusYou, statusLog, statusLastSync, statusNotSent, statusRefused, statusConflicts
    case statusUnsigned, unsignedSince, allSigned, leftUnsigned
    case agendaAt, youAre, anotherDeviceNext, entriesVerified, serverHasMore, neverSynced, clockWasAhead
    case nothingWaits, oneWaits, manyWait, refusedHereOne, refusedHereMany, noneOpen, openConflicts
    case copyLogKey, serveNext, agendaImported, adminInvite, onlyReadForNow
    case agendaBegins, logAhead, laptopAhead, keyMissing, pendingEvent
    case progressOf, noTargets
    case takenBack, refusedAgain, pendingAgain, goesAlongOne, goesAlongMany, askGoOn, nothingChanged
    case syncDone, refusedNowOne, refusedNowMany

    // What people type.
    case numberWithTwoReadings, numberOfOtherLanguage, tooManyDigits, tooManyDigitsReadAs, amountWithoutUnit
    case dayWithTwoReadings, dayOfOtherLanguage, sizeTaken, startTaken, noState
    case typeWriters, typeSubject, typeMakesSubject, fieldRequired, fieldPersonal, fieldRemoved
    case writtenByItself, writtenForOthers
    case typesHasAll, askType, neededHere
    case unknownType, unknownKind, didYouMean, noPair, fieldTwice, noField, noPart, wrongForm
    case tooManyMarks, partOfTitle, nothingSeen
    case formText, formNumber, formInteger, formAmount, formBoolean, formDay, formKind
    case otherEncoding, notUTF8
    case nobodyCalledSo, severalCalledSo
    case rowsAreCSV, tableRow, tableColumn, nothingRecorded, importedNowOne, importedNowMany

    // Pages.
    case pageHelp, pageHelpLead, pageHelpAll
    case pageChart, pageTake, pageTakeHelp, pageTakeWorkbook, pageTakeWorkbookText, pageTakeTables, pageTakeTablesText
    case pageTakeDatabase, pageTakeDatabaseText, pageTakeMap, pageTakeMapText, pageTakeHelpVisitor
    case pageTakeState, pageTakeStateText, pageTakeLog, pageTakeLogText, pageTakeCatalog, pageTakeCatalogText
    case pageProof, pageProofHelp, pageProofHelpVisitor, pageProofCheck, pageProofOfAll, pageProofCheckAll, pageEntry
    case pageProofHolds, pageProofHoldsIn, pageProofOther, pageProofFailed, pageProofBroken, pageProofSum,
        pageProofLatest
    case pageProofSome, pageProofSumHolds, pageProofSumOther, pageProofSumUnknown, pageProofTake, pageProofKey
    case pageProofKeyHelp, pageProofNot, pageProofNotCorrected, pageProofNotWhole, pageProofNotServer,
        pageProofNoScripts
    case pageProofCannot, pageProofAway, pageProofBusy, pageProofBeside, pageToSubject
    case pageWelcome, pageWelcomeHelp, pageWelcomeLink, pageWelcomeLinkHint, pageWelcomeName, pageWelcomeNameHint
    case pageWelcomeDevice, pageWelcomeDeviceHint, pageJoin, pageArriving, pageArrivingHelp, pageLookAgain
    case pageWelcomeNoLink, pageWelcomeNoInvite, pageWelcomeNoAgenda, pageWelcomeAway, pageWelcomeOther
    case pageWelcomeInsecure, pageWelcomeNoName
    case pagePeople, pagePeopleHelp, pageInvite, pageInviteRole, pageInviteMake, pageInviteMade, pageInviteOther
    case inviteVoid
    case pageInvitesOpen, pageInviteWithdrawn, pageWithdraw, pageUntil, pageRole, pageRoleChange, pageRoleNow, pageLetGo
    case pageLetGoSure, pageGone, pageHasLeft, pageRevoke, pageRevokeSure, pageRevoked, pageDeviceRevoked, pageSeenAsk
    case pageSeenLast, pageSeenNever, pageBehindMany, pageBehindNone, pageServerAway
    case pagePlaceMap, pagePlaceHelp, pageCompare, pageCompareFrom, pageCompareTo, pageCompareNew, pageCompareField
    case pageCompareBefore, pageCompareAfter, pageCompareOrder, pageCompared, pageComparedOne, pageComparedMany
    case pageUndo, pageAlreadySent, pageOthersRest
    case pageMoment, pageDiscardForGood, pageHistoryFilter, pageDayHint
    case pageSkip, pageOverview, pagePlaces, pageHistory, pageFind, pageFindHint, pageFindHelp, pageFoundOne
    case pageFoundMany, pageFoundMore, pageRecord, pageStanding, pageAllSent, pageNotSentOne, pageNotSentMany
    case pageConflictOne, pageConflictMany, pageRefusedOne, pageRefusedMany, pagePast, pageToNow, pageSize
    case pageAccessibility, pageAccessibilityGoal, pageAccessibilityTested, pageAccessibilityKnown
    case pageAccessibilityTell, pageToday, pageRecordMeasurement, pageRecordMilestone, pageRecordNote
    case pagePlanMilestone, pageAttention, pageOverdue, pageEmptyAgenda, pageOf, pageDue, pageHorizon, pageReached
    case pageOnCourse, pageBehind, pageMissed, pageRunning, pageLate, pageExpected, pageDropped, pageMeasurementOne
    case pageMeasurementMany, pageAsTable, pageIndicator, pageValue, pageTarget, pageShare, pageBasis
    case pageTargets, pageLately, pageWholeHistory, pagePhases, pageMilestones, pageReach, pageFacts, pagePlace
    case pageCoordinates, pageRecordAbout, pageInConflict, pageSomeOf, pageRange, pagePaging, pagePrevious, pageNext
    case pageRangeOf, pageOverviewRange, pageShowAllOf
    case pageShowAll, pageNone, pageAdd, pageNotFound, pageNotFoundText, pageFailed, pageNotNow,
        pageFormTooLong, pageNotLetIn, pageKeyUsed, pageYouTyped, pageWhatHappened
    case pageEverythingElse, pageFaults, pageFaultTitle, pageOptional, pageChoose, pageCancel, pageRecordedHere
    case pageNothingChanged, pageChangedHere, pageWillRecord, pageRecordAnyway, pageWhichOne, pageSomeFit, pageManyFit
    case pageHintLatitude, pageHintLongitude
    case pageHintReference, pageHintAnything, pageHintDay, pageHintNumber, pageHintAmount
    case pageNoneCalled, pageSeveralCalled, pageRecordedNow, pageSync, pageSyncNow, pageNotSent, pageNothingWaits
    case pageLastSync, pageNeverSynced, pageFollowing, pageSyncing, pageSyncSent, pageSyncReceived, pageWaiting,
        pageBusyHere
    case pageServerBusy, pageWaitingBecause, pageStopped, pageDiskFull, pageDiskFails, pageConflicts, pageConflictsHelp,
        pageNoConflicts
    case pageNoEffect, pageNoEffectHelp, pageNoEffectOf, pageNoEffectOne, pageNoEffectMany, pageSeen
    case pageShownNow, pageTakeThis, pageSettled, pageConflictChanged, pageRefused, pageRefusedHelp
    case pageNothingRefused, pageCorrect, pageRetry, pageDiscard, pageDiscarded, pageRecordedAgain, pageSay
    case pageHistoryDay, pageHistoryPerson, pageHistoryType, pageHistoryAbout, pageEverybody, pageEverything
    case pageShow, pageEarlier, pageAgendaThen, pageDay, pageNoneHappened, pageSeeThen

    /// The message, with values for the names in it.
    package func text(_ language: Language, _ values: [String: String] = [:]) -> String {
        let template = Self.table[self]?[language] ?? rawValue
        var result = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            result += values[name] ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
